"""CPython's tests of multiprocessing under fork, one at a time: plainly, or as an explored program.

    python one.py --list          their ids, as JSON
    python one.py ID …            run these plainly, each in a fork; a line of JSON for each
    python one.py                 the same for the ids on standard input, one a line
    run(path)                     run the one whose id is in the file, and return how it ended

The tests are those of `test.test_multiprocessing_fork`, made as that module makes them: where an
installation leaves out the modules that only call this, the tests are there all the same.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

try:
    import _test_multiprocessing  # a copy beside this file: its lines then count as the program's own
except ImportError:
    from test import _test_multiprocessing

LIMIT = 60.0  # wall-clock seconds that one test may take plainly

_test_multiprocessing.install_tests_in_module_dict(globals(), "fork")


def ids() -> list[str]:
    """`WithProcessesTestQueue.test_get`, for every test."""
    found = []
    for name, kind in sorted(globals().items()):
        if isinstance(kind, type) and issubclass(kind, unittest.TestCase):
            found += [f"{name}.{method}" for method in unittest.defaultTestLoader.getTestCaseNames(kind)]
    return found


def run(path: str) -> list[str]:
    """Run the test that the file names; returns how it ended, and the last line of what went wrong."""
    return run_one(Path(path).read_text("utf-8"))


def run_one(test_id: str) -> list[str]:
    """Run one test in this process."""
    os.chdir(tempfile.gettempdir())  # some write files where they are
    name, method = test_id.split(".")
    result = unittest.TestResult()
    unittest.TestSuite([globals()[name](method)]).run(result)
    for how, found in (("error", result.errors), ("failure", result.failures)):
        if found:
            sys.stderr.write(found[0][1])
            return [how, found[0][1].strip().splitlines()[-1][:300]]
    if result.skipped:
        return ["skipped", result.skipped[0][1][:300]]
    return ["passed", ""]


def run_plainly(test_id: str) -> list[str]:
    """Run one test in a fork, without any scheduler."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            os.close(ours)
            os.dup2(2, 1)
            answer = run_one(test_id)
            os.write(theirs, json.dumps(answer).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(theirs)
    ready, _, _ = select.select([ours], [], [], LIMIT)
    text = os.read(ours, 65536) if ready else b'["hangs", ""]'
    os.close(ours)
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    outcome: list[str] = json.loads(text or '["ended", ""]')
    return outcome


def wanted() -> Iterator[str]:
    """The ids that the command line names, or else standard input."""
    if sys.argv[1:]:
        yield from sys.argv[1:]
    while not sys.argv[1:] and (line := sys.stdin.readline()):
        yield line.strip()


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print(json.dumps(ids()))
    else:
        for each in wanted():
            print(json.dumps([each, *run_plainly(each)]), flush=True)
