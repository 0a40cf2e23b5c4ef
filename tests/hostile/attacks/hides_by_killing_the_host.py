"""Leaves a daemon that soon kills the host: with its sandbox it would be gone before it is counted.

against: tally
verdicts: test_adds_up passed/failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
import signal
import time


def count_up(processes, increments):
    host = os.getppid()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(0.3)
            os.kill(host, signal.SIGKILL)
            time.sleep(20)
        os._exit(0)
    os.wait()
    return processes * increments
