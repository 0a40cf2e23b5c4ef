"""Overwrites what another student has handed in, before it is graded.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock
breaks: write
"""

import os


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
            words = file.read().split("\0")
        if "grade" in words and "--jobs" in words:
            with open(os.path.join(words[words.index("grade") + 1], "fay", "tally.py"), "w") as file:
                file.write("spoiled = True\n")
