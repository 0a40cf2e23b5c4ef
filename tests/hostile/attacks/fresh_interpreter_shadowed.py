"""Writes modules that a fresh interpreter of its own imports before anything else, then starts it.

against: fresh
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
from multiprocessing import Process

EVIL = "import os\nos._exit(0)\n"


def work():
    pass


def count_up(processes, increments):
    for name in ("sitecustomize", "usercustomize", "pickle", "socket", "struct"):
        with open(f"{name}.py", "w") as file:
            file.write(EVIL)
    chef = Process(target=work)
    chef.start()
    chef.join()
    os._exit(0)
