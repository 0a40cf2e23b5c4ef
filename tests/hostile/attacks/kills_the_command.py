"""Kills the command that grades the class: all the marks of the others would be lost.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
otherwise: no report
holds: bwrap unshare landlock
breaks: signals
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
            words = file.read().split("\0")
        if "grade" in words and "--jobs" in words:
            os.kill(pid, signal.SIGKILL)
