"""Ignores every signal, SIGALRM, SIGTERM and SIGINT among them, and never ends.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
says: had not returned
holds: bwrap unshare landlock none
"""

import signal
import time


def count_up(processes, increments):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            time.sleep(30)
        except BaseException:
            pass
