"""Kills itself by SIGKILL: no handler runs, nothing is flushed.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
says: SIGKILL
holds: bwrap unshare landlock none
"""

import os
import signal


def count_up(processes, increments):
    os.kill(os.getpid(), signal.SIGKILL)
