"""Grades many submissions side by side.

    grade_many ──► one thread a slot ──► supervisor ──► grader process ──► hosts
         ▲                                   │
         └─────────── reports, as they end ──┘

Threads only wait for grader processes, so as many run as there are cores to use; speedup checks take
the machine for themselves (manychefs.speedup.lease).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

from manychefs.course import Course, Exercise, StartMethod
from manychefs.errors import ChefsError
from manychefs.grading import supervisor
from manychefs.grading.submission import Source
from manychefs.report import Check, Report


@dataclass(frozen=True, slots=True)
class Job:
    """One submission to grade."""

    exercise: Exercise
    submission: Path | Source
    student: str = ""
    methods: tuple[StartMethod, ...] = ()
    measure: str = ""
    seed: int = 0
    confinement: str = ""


@dataclass(slots=True)
class Result:
    """What became of a job: a report, or the reason why there is none."""

    job: Job
    report: Report | None = None
    refused: ChefsError | None = None


@dataclass
class _Shared:
    jobs: queue.SimpleQueue[Job]
    results: queue.SimpleQueue[Result | BaseException]
    stop: threading.Event = field(default_factory=threading.Event)


OnCheck = Callable[[Job, Check], None]


def grade_many(
    course: Course, jobs: list[Job], slots: int, on_check: OnCheck | None = None
) -> Generator[Result, None, None]:
    """Grade `jobs`, up to `slots` at a time; yields each result as it comes.

    Stops cleanly when the caller stops iterating or is interrupted: graders in progress are ended
    with all their processes before this returns.

    Args:
        on_check: called, from another thread, with each check as it gets its verdict.
    """
    shared = _Shared(queue.SimpleQueue(), queue.SimpleQueue())
    for job in jobs:
        shared.jobs.put(job)
    threads = [
        threading.Thread(target=_work, args=(course, shared, on_check), name=f"grader-{slot}")
        for slot in range(min(slots, len(jobs)))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in jobs:
            result = _next(shared.results)
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        shared.stop.set()
        for thread in threads:
            thread.join()


def _next(results: queue.SimpleQueue[Result | BaseException]) -> Result | BaseException:
    # Short waits, because a wait without end cannot be interrupted by Ctrl-C everywhere.
    while True:
        try:
            return results.get(timeout=0.2)
        except queue.Empty:
            continue


def _work(course: Course, shared: _Shared, on_check: OnCheck | None) -> None:
    while not shared.stop.is_set():
        try:
            job = shared.jobs.get_nowait()
        except queue.Empty:
            return
        try:
            shared.results.put(_grade(course, job, shared.stop, on_check))
        except BaseException as error:  # handed to the thread that can show it
            shared.results.put(error)
            return


def _grade(course: Course, job: Job, stop: threading.Event, on_check: OnCheck | None) -> Result:
    try:
        report = supervisor.grade(
            course,
            job.exercise,
            job.submission,
            student=job.student,
            on_check=None if on_check is None else lambda check: on_check(job, check),
            methods=list(job.methods),
            measure=job.measure,
            seed=job.seed,
            confinement=job.confinement,
            stop=stop,
        )
    except ChefsError as error:
        return Result(job, refused=error)
    return Result(job, report=report)
