"""Puts modules into the folders that the grader works in, and kills it: the next one imports them.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
otherwise: test_adds_up failed/error, test_leaves_nothing failed/error
holds: bwrap unshare landlock
breaks: marks
"""

import os
import signal

EVIL = "open('/tmp/got-through-module', 'w').close()\n"


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
        if "manychefs.grading" in " ".join(words):
            folder = os.readlink(f"/proc/{pid}/cwd")
            for name in ("json", "pytest", "msgspec", "shutil", "sitecustomize", "usercustomize", "conftest"):
                with open(os.path.join(folder, f"{name}.py"), "w") as file:
                    file.write(EVIL)
            for name in ("pytest.ini", "tox.ini"):
                with open(os.path.join(folder, name), "w") as file:
                    file.write("[pytest]\naddopts = --collect-only\n")
            os.kill(pid, signal.SIGKILL)
