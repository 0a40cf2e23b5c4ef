"""Keeps a fork server and a resource tracker of its own alive, under names like the library's helpers.

against: fresh
verdicts: test_adds_up passed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
import subprocess
import sys


def count_up(processes, increments):
    words = ["multiprocessing.resource_tracker", "-I", "-c", "import time; time.sleep(20)"]
    subprocess.Popen(words, executable=sys.executable, start_new_session=True, env=dict(os.environ))
    return processes * increments
