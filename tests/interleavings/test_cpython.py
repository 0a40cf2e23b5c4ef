"""CPython's own tests of multiprocessing give the same results under the scheduler as without it.

Each runs plainly, in a fork of an ordinary interpreter, and then as an explored program: under one
arbitrary schedule, with the tests' own lines as those of the program. To look at one of them:
`pytest -m slow tests/interleavings/test_cpython.py -k test_wait_result`.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from manychefs.course import Limits
from manychefs.interleavings.program import Call, HostGone, Program
from manychefs.interleavings.scheduler import Ended, Run
from manychefs.interleavings.search import pinned
from manychefs.interleavings.strategies import RandomWalk
from manychefs.interleavings.words import ending_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux is explored")

DRIVER = Path(__file__).parent / "cpython" / "one.py"
SEED = int(os.environ.get("MANYCHEFS_TEST_SEED", "0"))
PACE = 5.0  # points a turn, in the mean
BOUND = 200_000  # points: a thousand rounds of a barrier take 64,000
ALLOWANCE = 20.0  # wall-clock seconds that somebody may be away: some tests start interpreters

# What a test gives plainly, where it need not be run to know.
KNOWN = {
    # Where a thread has already taken a task when the pool is ended, that task's sleep is waited for:
    # five minutes on a real clock, or none if no thread was so quick.
    "WithThreadsTestPool.test_terminate": "passed",
}

# What differs under the scheduler, and why it may.
EXCEPTIONS: dict[str, str] = {}


def _ids() -> list[str]:
    if (
        importlib.util.find_spec("test") is None
        or importlib.util.find_spec("test._test_multiprocessing") is None
    ):
        return []
    done = subprocess.run([sys.executable, "-I", "-B", DRIVER, "--list"], capture_output=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item for each of CPython's tests; they are only asked for where they will run."""
    if "test_id" in metafunc.fixturenames:
        left_out = metafunc.config.option.markexpr == "not slow"
        metafunc.parametrize("test_id", ["any"] if left_out else _ids())


class Suite:
    """An interpreter that runs tests plainly, and a host that runs them as explored programs."""

    def __init__(self, folder: Path) -> None:
        self._wanted = folder / "wanted"
        self._call = Call(
            folder / DRIVER.name, "run", (str(self._wanted),), limits=Limits(memory_mb=4096, disk_mb=4096)
        )
        self._plain = subprocess.Popen(
            [sys.executable, "-I", "-B", self._call.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pinned = pinned()
        self._pinned.__enter__()
        self.program = Program(self._call).__enter__()

    def close(self) -> None:
        """End both."""
        self.program.close()
        self._pinned.__exit__(None, None, None)
        with self._plain:
            self._plain.kill()

    def ask_plainly(self, test_id: str) -> None:
        """Have the test run without a scheduler, meanwhile."""
        assert self._plain.stdin is not None
        self._plain.stdin.write(f"{test_id}\n")
        self._plain.stdin.flush()

    def plainly(self) -> str:
        """How it ended."""
        assert self._plain.stdout is not None
        _, how, _ = json.loads(self._plain.stdout.readline())
        return str(how)

    def scheduled(self, test_id: str) -> Ended:
        """How the test ends under one schedule."""
        self._wanted.write_text(test_id, "utf-8")
        strategy = RandomWalk(random.Random(f"{SEED}/{test_id}"), PACE)
        try:
            return Run(self.program, strategy, bound=BOUND, allowance=ALLOWANCE).go()
        except HostGone:
            self.program.close()
            self.program = Program(self._call).__enter__()
            raise
        finally:
            self.program.sweep()


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    folder = tmp_path_factory.mktemp("cpython")
    installed = Path(importlib.import_module("test").__file__ or "").parent
    for path in (installed / "_test_multiprocessing.py", installed / "mp_fork_bomb.py", DRIVER):
        shutil.copy(path, folder)
    with contextlib.closing(Suite(folder)) as suite:
        yield suite


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_test_of_multiprocessing_ends_as_it_does_without_the_scheduler(suite: Suite, test_id: str) -> None:
    if test_id not in KNOWN:
        suite.ask_plainly(test_id)
    try:
        ended = suite.scheduled(test_id)
    except HostGone as gone:
        scheduled, why = "took its host down", str(gone)
    else:
        scheduled, why = ended.value if ended.how == "value" else (ending_of(ended), "")
        waiting = [f"{actor.name}: {actor.kind} (line {actor.line})" for actor in ended.waiting]
        why = "\n".join([why, *waiting, suite.program.printed()])
    plainly = KNOWN.get(test_id) or suite.plainly()
    if test_id in EXCEPTIONS:
        assert scheduled != plainly, "this is no exception any more"
        pytest.xfail(EXCEPTIONS[test_id])
    assert scheduled == plainly, why


def test_no_exception_is_for_a_test_that_is_not_there() -> None:
    if EXCEPTIONS:
        assert set(EXCEPTIONS) <= set(_ids())
