"""The serial run: a trusted function in a fresh process, timed by a clock outside of it.

    grader ──fork──► process: ready ──► waits          run_together: as many of them as there are
       │ clock on, "go"  ──────────────►  runs          cores, all ready before the first "go"
       │ clock off       ◄── "done" ────  then sends its value and what it took, and ends

A fresh process a run: nothing is warm from the run before, as nothing is in the submission's. Only
functions of the grader's own run here, so its value may come pickled. Where there is no fork
(Windows) the function runs in the grader itself, and nothing runs together.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from manychefs.sandbox import tree
from manychefs.sandbox.scratch import own_children
from manychefs.speedup.measure import Sample

_Pipes = tuple[int, int]  # where "go" is written, where the answer is read


class SerialFailed(Exception):
    """The grader's own serial function raised or ended its process: the kit's fault, not a student's."""


def run_alone(function: Callable[[], Any]) -> tuple[Any, Sample]:
    """The function's value, and what it took.

    Raises:
        SerialFailed: if it raised or ended its process.
    """
    if not hasattr(os, "fork"):
        return _run_here(function)
    with _fresh(function) as process:
        wall = _time([process])
        value, cpu, turns = _answer(process)
    return value, Sample(wall, cpu, turns=turns)


def run_together(function: Callable[[], Any], copies: int) -> Sample:
    """What it takes when so many processes run it at once: wall clock of all, CPU time and turns of one.

    Raises:
        SerialFailed: if one of them raised or ended its process.
    """
    if not hasattr(os, "fork"):
        return Sample(wall=0.0, cpu=0.0)
    with contextlib.ExitStack() as stack:
        ready = [stack.enter_context(_fresh(lambda: (function(), None)[1])) for _ in range(copies)]
        wall = _time(ready)
        _, cpu, turns = zip(*map(_answer, ready), strict=True)
    return Sample(wall, statistics.fmean(cpu), turns=round(statistics.fmean(turns)))


def _run_here(function: Callable[[], Any]) -> tuple[Any, Sample]:
    wall, cpu = time.perf_counter(), time.process_time()
    value = function()
    return value, Sample(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)


@contextlib.contextmanager
def _fresh(function: Callable[[], Any]) -> Iterator[_Pipes]:
    """A process that is ready to run the function once; it is ended in any case."""
    go_out, go_in = os.pipe()
    answer_out, answer_in = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(go_in)
        os.close(answer_out)
        _serve(function, go_out, answer_in)
    own_children.add(pid)
    os.close(go_out)
    os.close(answer_in)
    try:
        yield go_in, answer_out
    finally:
        os.close(go_in)
        os.close(answer_out)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        own_children.discard(pid)


def _time(processes: list[_Pipes]) -> float:
    """Let them all go once all are ready; seconds until the last is done."""
    for _, answer in processes:
        os.read(answer, 1)
    started = time.perf_counter()
    for go, _ in processes:
        os.write(go, b"g")
    for _, answer in processes:
        os.read(answer, 1)
    return time.perf_counter() - started


def _answer(process: _Pipes) -> tuple[Any, float, int]:
    """Its value, its CPU seconds, and how often it got a core."""
    with open(process[1], "rb", closefd=False) as file:
        data = file.read()
    if not data:
        raise SerialFailed("it ended its process")
    value, cpu, turns, error = pickle.loads(data)
    if error:
        raise SerialFailed(error)
    return value, cpu, turns


def _serve(function: Callable[[], Any], go: int, answer: int) -> None:
    """In the fresh process: never returns."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    tree.die_with_parent()
    gc.freeze()  # the grader's own objects need not be walked through
    value, error = None, ""
    try:
        os.write(answer, b"r")
        os.read(go, 1)
        turns, before = _turns(), time.process_time()
        try:
            value = function()
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
        cpu, turns = time.process_time() - before, _turns() - turns
        os.write(answer, b"d")
        with open(answer, "wb") as file:
            pickle.dump((value, cpu, turns, error), file)
    finally:
        os._exit(0)


def _turns() -> int:
    """How often this process has got a core; 0 where nobody counts."""
    with contextlib.suppress(OSError, ValueError):
        return sum(turns for *_, turns in tree.thread_books(os.getpid()))
    return 0
