"""`student`: the submission's functions as a grader's test calls them.

    student.count_up(processes=5, increments=1000)      the value, or the check fails with a reason
    student.run("count_up", processes=5, …)             a Run: the value and what was seen from outside

One Bench a submission keeps the hosts (one a start method) and knows which method is being tried.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manychefs.course import Exercise, StartMethod
from manychefs.grading.explain import Call, brief, error_text, fail, printed_lines
from manychefs.grading.outcome import CheckFailed, CheckInconclusive
from manychefs.report import Feedback, Leftovers
from manychefs.sandbox.confinement import Confinement
from manychefs.sandbox.deadline import LONGEST
from manychefs.sandbox.host import LEFTOVER_GRACE, LOOK, Host, Outcome, SharedFolder, Watch
from manychefs.speedup import lease

SECOND_HANG = 0.5
"""The part of its limit that a call gets once another call of the submission has hung: a program that
hangs in one check mostly hangs in all, and its student waits for each of them."""
SECOND_GRACE = 0.1
"""Seconds that a call's leftovers get to end by themselves once another call's have not, where nobody
asks what is left: a pool that is never closed would take a second of each run of a check."""


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """One finished call.

    value: what the function returned. printed: what the program printed. seconds: wall clock from
    call to answer. cpu_seconds: CPU time of the processes that ended within it. at_once: most
    worker processes alive at one time; processes: how many different ones (both as seen from
    outside every few milliseconds, so work should last some ten of these). written: the bytes that
    its processes wrote to pipes, sockets and files, and the calls of write that it took them, without
    the answer to the grader; None where the system does not count (see `bytes_written`, `writes`).
    """

    value: Any
    printed: str
    seconds: float
    cpu_seconds: float
    at_once: int
    processes: int
    leftovers: Leftovers
    start_method: str
    call: Call
    written: tuple[int, int] | None = None

    def __repr__(self) -> str:
        """As it stands in the evidence of a failed assert; a number of the value may be too long to print."""
        return f"<run of {self.call.text()}: {brief(self.value)}>"

    @property
    def bytes_written(self) -> int:
        """Bytes that went from process to process, other than by shared memory.

        Raises:
            CheckInconclusive: where the system does not count them.
        """
        return self._counted()[0]

    @property
    def writes(self) -> int:
        """How many times a process wrote something: each message is one write or more.

        Raises:
            CheckInconclusive: where the system does not count them.
        """
        return self._counted()[1]

    def _counted(self) -> tuple[int, int]:
        if self.written is None:
            raise CheckInconclusive(_NOT_COUNTED)
        return self.written

    def left_nothing_behind(self) -> None:
        """Fail the check if a process, a semaphore or a shared-memory block was still there.

        Raises:
            CheckFailed: with what was left.
        """
        if not self.leftovers:
            return
        raise CheckFailed(
            Feedback(
                happened=f"When {self.call.text()} had returned, something was left, {self.call.under()}.",
                cause=_leftover_cause(self.leftovers),
                evidence=self.leftovers.lines(),
                next_step=_leftover_step(self.leftovers),
            ),
            self.leftovers,
        )


def _leftover_cause(leftovers: Leftovers) -> str:
    if any("pool" in text for text in leftovers.warnings):
        return "A pool was never closed: its workers were still running when the last reference went."
    if leftovers.processes:
        return (
            "A process was started and never joined, or a pool was never closed, or closed and not joined: "
            "close() does not wait until its workers have gone, and sometimes they never go."
        )
    if leftovers.shared_memory:
        return "A shared-memory block was made and never unlinked."
    return "Something that the program opened was not closed."


def _leftover_step(leftovers: Leftovers) -> str:
    if leftovers.shared_memory:
        return "Call close() in every process and unlink() once, in a `finally`."
    return "Join every process that you start; use `with Pool(…)`, or close() and join() it."


_NO_ERROR_OF_ITS_OWN = ("NotImplementedError", "SystemExit", "KeyboardInterrupt", "AttributeError")
"""Exceptions that are no answer of the program's: the stub's, leaving, a function that is not there."""

_OUT_OF_TIME = Feedback(
    happened="This check took longer than it may, though no single call did.",
    cause="The machine is too slow or too busy, or each call takes nearly as long as it may.",
    next_step="Close other programs and try again. No points are given or taken here.",
)

_NO_CORE = Feedback(
    happened="The call was ended, though it stood ready to go on for most of the time.",
    cause="The machine had no core for it: other programs keep all of them busy.",
    evidence=[f"It was given {LONGEST:.0f} times as long as it may take."],
    next_step="Close other programs and try again. No points are given or taken here.",
)

_NOT_COUNTED = Feedback(
    happened="This system does not count what a process writes.",
    cause="Linux does, in /proc/PID/io; others do not, and a sandbox may hide it.",
    next_step="Grade it on Linux. No points are given or taken here.",
)


class Bench:
    """A submission on the grader's bench: its hosts, the start method being tried, the last call.

    is_first: whether the method being tried is the first that the check is tried under.
    known: what one check has found out and the next ones need not, as `tests` keeps it.
    """

    def __init__(
        self,
        exercise: Exercise,
        submission: Path,
        start_methods: list[StartMethod],
        confinement: Confinement,
        module: str = "",
    ) -> None:
        self.exercise = exercise
        self.submission = submission
        self.start_methods = start_methods
        self.confinement = confinement
        self.method: StartMethod = start_methods[0]
        self.is_first = True
        self.last_call: Call | None = None
        self.last_outcome: Outcome | None = None
        self.check_until = float("inf")
        self.seed = 0
        self._has_worked = self._has_hung = False
        self._has_left = False
        self.known: dict[object, Any] = {}
        self._hosts = {
            method: Host(submission, method, exercise.limits, confinement, module) for method in start_methods
        }

    def start(self) -> None:
        """Start the first method's host: its interpreter and its import run before they are needed.

        The others follow once a call has given a value. Where nothing works yet, as in a stub, no check gets
        to them, and starting them would be most of what its student waits for.
        """
        self._start(self._hosts[self.start_methods[0]])

    def _start(self, host: Host) -> None:
        if host.pid is None and not host.is_unimportable:
            host.start()
            lease.bind(self.pids())

    def begin_check(self, seconds: float) -> None:
        """A new check begins, which may take this long altogether."""
        self.last_call = self.last_outcome = None
        self.check_until = time.monotonic() + seconds

    def host(self) -> Host:
        """The host under the method being tried."""
        return self._hosts[self.method]

    def call(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        delays: int = 0,
        watch: Watch | None = None,
        look: float = LOOK,
        patient: bool = False,
    ) -> Outcome:
        """Call the student's function under the method being tried.

        Args:
            patient: always wait for what ends by itself, because somebody will ask what is left.

        Raises:
            CheckInconclusive: if the check's time is over, or the machine had no core for the call.
        """
        self.last_call = Call(name, args, kwargs, self.method)
        if time.monotonic() > self.check_until:
            raise CheckInconclusive(_OUT_OF_TIME)
        limit = self.exercise.limits.seconds * (SECOND_HANG if self._has_hung else 1.0)
        self._start(self.host())
        self.last_outcome = self.host().call(
            name,
            args,
            kwargs,
            seconds=limit,
            delays=delays,
            watch=watch,
            look=look,
            grace=SECOND_GRACE if self._has_left and not patient else LEFTOVER_GRACE,
        )
        self.check_until += self.last_outcome.put_off
        if self.last_outcome.starved:
            raise CheckInconclusive(_NO_CORE)
        self._has_hung = self._has_hung or self.last_outcome.how == "deadline"
        self._has_left = self._has_left or bool(self.last_outcome.leftovers.processes)
        if self.last_outcome.how == "value" and not self._has_worked:
            self._has_worked = True
            for host in self._hosts.values():
                self._start(host)
        return self.last_outcome

    def shared_folder(self) -> SharedFolder:
        """The shared folder of the host under the method being tried, which is started for it."""
        self._start(self.host())
        return self.host().shared_folder()

    def begin_exploring(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """What is explored now, for whatever has to be told of it."""
        self.last_call, self.last_outcome = Call(name, args, kwargs, self.method), None

    def value(self, outcome: Outcome) -> Any:
        """The value of the last call.

        Raises:
            CheckFailed: if it ended in anything else.
        """
        if outcome.how != "value":
            assert self.last_call is not None
            fail(outcome, self.last_call, self.submission, self.host().functions)
        return outcome.value

    def pids(self, but: StartMethod | None = None) -> list[int]:
        """Process ids of the hosts that run, without that of one method."""
        return [host.pid for method, host in self._hosts.items() if host.pid is not None and method != but]

    def close(self) -> None:
        """End all hosts."""
        for host in self._hosts.values():
            host.close()


class Student:
    """The submission's functions: `student.NAME(…)` calls NAME and gives its value.

    Arguments and results are plain data: None, bool, int, float, str, bytes, list, tuple, dict.
    A call that raises, hangs, dies or returns anything else fails the check with its reason.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    @property
    def start_method(self) -> StartMethod:
        """The start method that is being tried."""
        return self._bench.method

    def cases(self, *cases: Any) -> tuple[Any, ...]:
        """All of them under the first start method; under another one the first alone.

        What another method adds is how things get to processes, and that is the same for all cases: begin
        with the one that hands over most.
        """
        return cases if self._bench.is_first else cases[:1]

    def shared_folder(self) -> SharedFolder:
        """A folder that the next call's processes reach too, for a socket of the grader's.

        Ask anew before each call: a call that ends badly takes it away.
        """
        return self._bench.shared_folder()

    def run(self, name: str, *args: Any, **kwargs: Any) -> Run:
        """Call NAME and give what was seen from outside along with its value."""
        outcome = self._bench.call(name, args, kwargs, look=0.004, patient=True)
        return self._run(outcome, self._bench.value(outcome))

    def raising(self, name: str, *args: Any, **kwargs: Any) -> Run:
        """Call NAME, which has to raise: a Run whose value is the exception as `Type: message`.

        Raises:
            CheckFailed: if it returns, ends in any other way, or is not written yet.
        """
        outcome = self._bench.call(name, args, kwargs, look=0.004, patient=True)
        if outcome.how == "raised" and outcome.error["type"] not in _NO_ERROR_OF_ITS_OWN:
            return self._run(outcome, error_text(outcome.error))
        value, call = self._bench.value(outcome), self._bench.last_call
        assert call is not None
        raise CheckFailed(
            Feedback(
                happened=f"{call.text()} returned {brief(value)} {call.under()}, though it "
                "had to raise an exception.",
                evidence=printed_lines(outcome.printed),
            )
        )

    def _run(self, outcome: Outcome, value: Any) -> Run:
        assert self._bench.last_call is not None
        size, calls = outcome.bytes_written, outcome.writes
        return Run(
            value=value,
            printed=outcome.printed,
            seconds=outcome.seconds,
            cpu_seconds=outcome.cpu_seconds,
            at_once=outcome.at_once,
            processes=outcome.processes,
            leftovers=outcome.leftovers,
            start_method=self._bench.method,
            call=self._bench.last_call,
            written=(size, calls) if size is not None and calls is not None else None,
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._bench.value(self._bench.call(name, args, kwargs))

        return call
