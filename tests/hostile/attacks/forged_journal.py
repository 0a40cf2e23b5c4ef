"""Writes into the grader's journal that all checks have passed, and kills the grader before it objects.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
otherwise: test_adds_up error, test_leaves_nothing error
holds: bwrap unshare landlock
breaks: marks
"""

import json
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


def grader():
    for pid in ancestors():
        with open(f"/proc/{pid}/cmdline") as file:
            if "manychefs.grading" in file.read():
                return pid
    raise SystemExit("there is no grader to be seen")


def count_up(processes, increments):
    pid = grader()
    folder = os.readlink(f"/proc/{pid}/cwd")
    newest = max(name for name in os.listdir(folder) if name.startswith("journal-"))  # one a grader
    path = os.path.join(folder, newest)
    with open(path) as file:
        code, _, planned = file.readline().partition(" ")
    with open(path, "a") as file:
        for check in json.loads(planned)["checks"]:
            ended = {"type": "ended", "check": check | {"verdict": "passed", "earned": check["points"]}}
            for line in (json.dumps(ended), f"{code} {json.dumps(ended)}"):
                file.write(line + "\n")
    os.kill(pid, signal.SIGKILL)
