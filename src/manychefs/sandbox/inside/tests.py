"""Runs a student's tests beside a module under test: what the call process does for `tests`.

    grader ──run({"test_tally.py": …, "tally.py": …})──► call process: pytest ──► tests ──► processes
       ▲                                                     │
       └────── which test failed, and where ◄────────────────┘

The host imports this module instead of the student's file, so pytest is loaded once and each call
forks from there. Both files travel with the call and are written into a new folder: no other module
under test is ever within reach of the tests. What comes back is said beside the student's code, in
one interpreter: the grader believes none of it by itself (see manychefs.grading.tests).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import sys
import tempfile

import coverage
import pytest

from manychefs.sandbox.inside import ahead

TYPE_CHECKING = False  # loading typing would cost every process of the student's 5 ms
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

ahead.load_pytest()

SHOWN = 2000  # characters of one message that travel
IN_A_PROCESS = "in a process: "  # see manychefs.grading.tests
MOST = 200  # tests that are told of
# No configuration, plugin or conftest but what stands here: a test's verdict hangs on its file alone.
OPTIONS = [
    "--noconftest",
    *("-p", "no:cacheprovider"),
    *("-p", "no:terminal"),
    *("-p", "no:faulthandler"),  # the host has its own use for it
    "--import-mode=prepend",
]
# What measures processes however they are started and ended (Process, Pool, terminate, os._exit).
COVERAGE = """\
[run]
include = {module}
data_file = {folder}/measured
parallel = true
patch = subprocess, _exit, fork
sigterm = true
disable_warnings = module-not-imported, module-not-measured, no-data-collected
"""


def run(files: dict[str, bytes], only: list[str], stop: bool, measure: str) -> dict[str, Any]:
    """Run the tests of the first file.

    Args:
        files: names and contents; the first is the tests, the others lie beside it.
        only: names of the tests to run; all if empty.
        stop: end at the first test that fails.
        measure: the file of `files` whose lines are to be measured; none if empty.

    Returns:
        `tests`: for each test its name, whether it passed, what failed, and its line in the tests.
        `broken`: why the file cannot be collected, if it cannot. `missing`: lines of `measure` that no
        process ran.
    """
    folder = tempfile.mkdtemp()
    try:
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        return _run(folder, next(iter(files)), only, stop, measure)
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: str, tests: str, only: list[str], stop: bool, measure: str) -> dict[str, Any]:
    os.chdir(folder)
    sys.path.insert(0, folder)
    with open("pytest.ini", "w", encoding="utf-8") as configuration:
        configuration.write("[pytest]\n")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # A process that is handed a function of the tests imports them, and with them pytest: once for all.
    multiprocessing.set_forkserver_preload(["__main__", "pytest"])
    names = [f"{tests}::{name}" for name in only] or [tests]
    seen = Seen(tests)
    missing: list[int] = []
    with measured(folder, measure, missing) if measure else contextlib.nullcontext():
        pytest.main([*OPTIONS, *(["-x"] if stop else []), *names], plugins=[seen])
    return {"tests": seen.told(), "broken": seen.broken, "missing": missing}


class Seen:
    """A pytest plugin that notes how each test ends."""

    def __init__(self, filename: str) -> None:
        self.broken = ""
        self._filename = filename
        self._tests: dict[str, list[Any]] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """pytest's hook: a file that cannot be imported has no tests."""
        if report.failed:
            self.broken = str(report.longrepr)[-SHOWN:]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """pytest's hook, called for set-up, call and tear-down: a test passes if all of them do."""
        name = report.nodeid.partition("::")[2]
        passed, *_ = known = self._tests.setdefault(name, [True, "", 0])
        if passed and not report.passed:
            known[:] = [False, *self._why(report)]

    def _why(self, report: pytest.TestReport) -> tuple[str, int]:
        """What failed, and the last line of the tests' own that it failed in."""
        if report.skipped:
            return "skipped", 0
        crash = getattr(report.longrepr, "reprcrash", None)
        entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", [])
        places = [getattr(entry, "reprfileloc", None) for entry in entries]
        own = [place.lineno for place in places if place and os.path.basename(place.path) == self._filename]
        message = crash.message if crash else str(report.longrepr)
        return (_of_a_process(report.capstderr) + message)[:SHOWN], own[-1] if own else 0

    def told(self) -> list[list[Any]]:
        """For each test: its name, whether it passed, what failed, in which line."""
        return [[name, *how] for name, how in list(self._tests.items())[:MOST]]


def _of_a_process(printed: str) -> str:
    """The exception by which a process of the program ended, as a line; nothing if none did."""
    _, found, after = printed.partition("\nTraceback (most recent call last):\n")
    if not found or "Process " not in printed:
        return ""
    # Several processes may end so at once, and their lines stand between each other's.
    others = (" ", "Process ", "Traceback ")
    ends = (line for line in after.splitlines() if line and not line.startswith(others))
    return f"{IN_A_PROCESS}{next(ends, 'an exception')}\n"


@contextlib.contextmanager
def measured(folder: str, module: str, missing: list[int]) -> Iterator[None]:
    """Measure which lines of `module` are run meanwhile, in this process and in all below it.

    Args:
        missing: is given the lines that were not.
    """
    if outer := coverage.Coverage.current():
        outer.stop()  # the kit's own tests measure this file; two tracers in one process cannot be
    path = os.path.join(folder, module)
    settings = os.path.join(folder, "coverage.ini")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(COVERAGE.format(module=path, folder=folder))
    measuring = coverage.Coverage(config_file=settings)
    measuring.start()
    try:
        yield
    finally:
        measuring.stop()
        measuring.save()
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
        everyone = coverage.Coverage(config_file=settings)
        with contextlib.suppress(coverage.exceptions.NoDataError):
            everyone.combine()
        missing += everyone.analysis2(path)[3]
