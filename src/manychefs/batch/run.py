"""Grades many submissions side by side.

    grade_all ──job──► Backend ──► a slot ──► run_job ──► supervisor ──► grader process ──► hosts
        ▲                                        │
        └────────────── results, as they end ◄───┘

A Backend has slots and runs a job in each; `Local` is the one for this machine, a thread a job. Threads
only wait for grader processes, so there are more of them than cores (`usual_slots`); speedup checks take
their cores for themselves (manychefs.speedup.lease), wherever the job runs. A submission that has come to
its measurement, and waits for its turn, stands aside: another one takes its slot meanwhile. So the machine
is cleared for several measurements at once, and seldom.

No more jobs are in flight than there are slots. So jobs may be made as they are asked for, with the bytes of
their submissions, and a class of any size needs no more memory than a small one; and a job that takes its
worker down takes few others along.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from manychefs.course import Course, Exercise, StartMethod
from manychefs.errors import ChefsError
from manychefs.grading import supervisor
from manychefs.grading.submission import Source, read_submission
from manychefs.grading.supervisor import Begun
from manychefs.report import Check, Report
from manychefs.speedup import lease

LOOK = 0.2  # seconds; a wait without end cannot be interrupted by Ctrl-C everywhere


@dataclass(frozen=True, slots=True)
class Job:
    """One submission to grade. It can be pickled.

    sought, only, without, few_rounds, curves: as `supervisor.grade` takes them. begun: what an interrupted
    grading of the same bytes already knows. key: what tells this job from all others (manychefs.batch.kept),
    where somebody keeps the results.
    """

    exercise: Exercise
    submission: Path | Source
    student: str = ""
    methods: tuple[StartMethod, ...] = ()
    sought: str = ""
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    seed: int = 0
    confinement: str = ""
    few_rounds: bool = False
    curves: bool = True
    begun: Begun | None = None
    key: str = ""

    @property
    def measures(self) -> bool:
        """Whether it has a speedup check, which needs cores of its own."""
        return self.exercise.required_speedup is not None


@dataclass(slots=True)
class Result:
    """What became of a job: a report, or the reason why there is none. It can be pickled.

    reused: whether the report is an earlier grading's.
    """

    job: Job
    report: Report | None = None
    refused: ChefsError | None = None
    reused: bool = False


def usual_slots() -> int:
    """How many submissions to grade at a time: three for each core that checks may have.

    For much of its time a grading waits: for a deadline, for what was left, for an interpreter to start. One
    a core leaves the cores idle for half of the time (seen with benchmarks/grade.py on two), two a core for a
    sixth of it; and beside another busy program, more that can run get more of the cores.
    """
    share = lease.plan()
    return 3 * len(share.rest) + (len(share.regions) if share.apart else 0)


OnCheck = Callable[[Job, Check], None]
OnPlan = Callable[[Job, list[Check]], None]


class Backend(Protocol):
    """Where jobs run."""

    @property
    def slots(self) -> int:
        """Jobs that it runs at once; no more are submitted as long as so many have not ended."""

    def submit(self, job: Job) -> Future[Result]:
        """Run a job. A fault of the submission is a Result; an exception is one of the kit's own."""

    def close(self) -> None:
        """End what is in flight, with all its processes, and give back what was taken."""


def grade_all(backend: Backend, jobs: Iterable[Job | Result]) -> Generator[Result, None, None]:
    """Grade `jobs`, which are asked for one by one as slots get free; yields each result as it comes.

    A result among them, of what need not be graded, is passed on as it is.

    Stops cleanly when the caller stops iterating or is interrupted: the backend is closed in any case.
    """
    left = iter(jobs)
    flying: set[Future[Result]] = set()
    with contextlib.closing(backend):
        while True:
            while len(flying) < backend.slots and (job := next(left, None)) is not None:
                if isinstance(job, Result):
                    yield job
                else:
                    flying.add(backend.submit(job))
            if not flying:
                return
            ended, flying = wait(flying, timeout=LOOK, return_when=FIRST_COMPLETED)
            for future in ended:
                yield future.result()


def grade_many(
    course: Course, jobs: Iterable[Job], slots: int, on_check: OnCheck | None = None
) -> Generator[Result, None, None]:
    """Grade `jobs` on this machine, up to `slots` at a time; yields each result as it comes.

    Args:
        on_check: called, from another thread, with each check as it gets its verdict.
    """
    return grade_all(Local(course, slots, on_check), jobs)


class Local:
    """The backend of this machine: a thread a job, each with one grader process at a time.

    Args:
        slots: how many submissions to grade at a time, beside as many, at most, that stand aside.
        on_check: called, from another thread, with each check as it gets its verdict.
        on_plan: called likewise with all checks of a submission, before the first one starts.
    """

    def __init__(
        self, course: Course, slots: int, on_check: OnCheck | None = None, on_plan: OnPlan | None = None
    ) -> None:
        self._slots = slots
        self._aside: set[int] = set()  # jobs, by their place in memory
        self._course = course
        self._on_check = on_check
        self._on_plan = on_plan
        self._stop = threading.Event()
        self._threads = ThreadPoolExecutor(2 * slots, thread_name_prefix="grader")

    @property
    def slots(self) -> int:
        """Jobs that it runs at once: more while some of them wait for their turn to measure."""
        return self._slots + min(len(self._aside), self._slots)

    def submit(self, job: Job) -> Future[Result]:
        """Run a job in the next free thread."""
        return self._threads.submit(self._run, job)

    def _run(self, job: Job) -> Result:
        def stand_aside(aside: bool) -> None:
            (self._aside.add if aside else self._aside.discard)(id(job))

        try:
            return run_job(self._course, job, self._on_check, self._on_plan, self._stop, stand_aside)
        finally:
            stand_aside(False)

    def close(self) -> None:
        """End the graders in progress with all their processes."""
        self._stop.set()
        self._threads.shutdown(cancel_futures=True)


def packed(job: Job) -> Job:
    """The job with the submission's bytes instead of its path: it can be run on another machine.

    Raises:
        SubmissionError: if the submission cannot be read.
    """
    return replace(job, submission=read_submission(job.submission, job.exercise))


def run_job(
    course: Course,
    job: Job,
    on_check: OnCheck | None = None,
    on_plan: OnPlan | None = None,
    stop: threading.Event | None = None,
    on_aside: Callable[[bool], None] | None = None,
) -> Result:
    """Grade one submission here and now, by the course's grader on this machine.

    Never raises for what is wrong with a submission, a grader or a layer: that is in the result.
    """
    try:
        report = supervisor.grade(
            course,
            job.exercise,
            job.submission,
            student=job.student,
            on_check=None if on_check is None else lambda check: on_check(job, check),
            on_plan=None if on_plan is None else lambda checks: on_plan(job, checks),
            on_aside=on_aside,
            begun=job.begun,
            methods=list(job.methods),
            sought=job.sought,
            only=job.only,
            without=job.without,
            seed=job.seed,
            confinement=job.confinement,
            stop=stop,
            few_rounds=job.few_rounds,
            curves=job.curves,
        )
    except ChefsError as error:
        return Result(job, refused=error)
    return Result(job, report=report)
