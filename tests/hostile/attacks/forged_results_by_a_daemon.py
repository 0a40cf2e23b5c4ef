"""Leaves a daemon that goes on writing result files when the call has long ended.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
import time


def count_up(processes, increments):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            until = time.monotonic() + 20
            while time.monotonic() < until:
                with open("results.json", "w") as file:
                    file.write('{"score": 6}')
                time.sleep(0.01)
        os._exit(0)
    os.wait()
    return "away"
