"""Kills the grader, in the hope that a check without a verdict counts for something.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
otherwise: test_adds_up error, test_leaves_nothing error
holds: bwrap unshare landlock
breaks: signals
everyday: yes
"""

import os
import signal


def ancestors():
    pid = os.getpid()
    while pid > 1:
        yield pid
        try:
            with open(f"/proc/{pid}/stat") as file:
                pid = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            return


def count_up(processes, increments):
    for pid in ancestors():
        with open(f"/proc/{pid}/cmdline") as file:
            words = file.read()
        if "manychefs.grading" in words:
            os.kill(pid, signal.SIGKILL)
