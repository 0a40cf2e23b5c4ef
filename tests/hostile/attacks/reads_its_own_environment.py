"""Prints its own environment, which must have nothing of the grader's in it.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os


def count_up(processes, increments):
    print(dict(os.environ))
    with open("/proc/self/environ") as file:
        print(file.read())
