"""The serial run: a trusted function in a fresh process, timed by a clock outside of it.

    grader ──fork──► process: ready ──► waits
       │ clock on, "go"  ──────────────►  runs the function
       │ clock off       ◄── "done" ────  then sends its value and its CPU time, and ends

A fresh process a run: nothing is warm from the run before, as nothing is in the submission's. Only
functions of the grader's own run here, so its value may come pickled. Where there is no fork
(Windows) the function runs in the grader itself.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import time
from collections.abc import Callable
from typing import Any

from manychefs.sandbox import tree
from manychefs.sandbox.scratch import own_children
from manychefs.speedup.measure import Sample


class SerialFailed(Exception):
    """The grader's own serial function raised or ended its process: the kit's fault, not a student's."""


def run_alone(function: Callable[[], Any]) -> tuple[Any, Sample]:
    """The function's value, and what it took.

    Raises:
        SerialFailed: if it raised or ended its process.
    """
    if not hasattr(os, "fork"):
        return _run_here(function)
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
        return _timed(go_in, answer_out)
    finally:
        os.close(go_in)
        os.close(answer_out)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        own_children.discard(pid)


def _run_here(function: Callable[[], Any]) -> tuple[Any, Sample]:
    wall, cpu = time.perf_counter(), time.process_time()
    value = function()
    return value, Sample(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)


def _timed(go: int, answer: int) -> tuple[Any, Sample]:
    os.read(answer, 1)  # it is ready
    started = time.perf_counter()
    os.write(go, b"g")
    os.read(answer, 1)
    wall = time.perf_counter() - started
    with open(answer, "rb", closefd=False) as file:
        data = file.read()
    if not data:
        raise SerialFailed("it ended its process")
    value, cpu, error = pickle.loads(data)
    if error:
        raise SerialFailed(error)
    return value, Sample(wall=wall, cpu=cpu)


def _serve(function: Callable[[], Any], go: int, answer: int) -> None:
    """In the fresh process: never returns."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    tree.die_with_parent()
    gc.freeze()  # the grader's own objects need not be walked through
    value, error = None, ""
    try:
        os.write(answer, b"r")
        os.read(go, 1)
        before = time.process_time()
        try:
            value = function()
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
        cpu = time.process_time() - before
        os.write(answer, b"d")
        with open(answer, "wb") as file:
            pickle.dump((value, cpu, error), file)
    finally:
        os._exit(0)
