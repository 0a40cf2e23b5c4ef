"""`speedup`: the fixture with which a grader's test compares the submission with a serial run.

    speedup.of("factorials", numbers).over(serial, numbers).at_least(1.5)

`serial` is a function of the grader: the baseline never comes from the student's file.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from manychefs.grading.explain import brief
from manychefs.grading.outcome import CheckFailed, CheckInconclusive
from manychefs.grading.student import Bench
from manychefs.report import Feedback, SpeedupMeasurement, Verdict
from manychefs.speedup import words
from manychefs.speedup.cores import usable_cores
from manychefs.speedup.measure import Sample, measure, required_on
from manychefs.speedup.watch import LOOK, CpuWatch

DEFAULT_REQUIRED = 1.5
_NOT_YET = object()


class Speedup:
    """Measures the submission against a serial run; `measured` holds the last measurement."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.measured: SpeedupMeasurement | None = None
        self.note: Feedback | None = None

    def of(self, name: str, *args: Any, **kwargs: Any) -> Timed:
        """The student's function and its arguments."""
        return Timed(self, self._bench, name, args, kwargs)


@dataclass(frozen=True)
class Timed:
    """A call of the student's function, to be timed."""

    owner: Speedup
    bench: Bench
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def over(self, serial: Callable[..., Any], *args: Any, **kwargs: Any) -> Comparison:
        """The grader's own serial function and its arguments."""
        return Comparison(self, lambda: serial(*args, **kwargs))


class Comparison:
    """A student's call and a serial one that gives the same value."""

    def __init__(self, student: Timed, serial: Callable[[], Any]) -> None:
        self.student = student
        self.serial = serial
        self._expected: Any = _NOT_YET
        self._got: Any = _NOT_YET

    def at_least(self, required: float | None = None) -> None:
        """The student's program is at least this many times as fast as the serial one.

        Args:
            required: on two cores (default: the exercise's `required_speedup`); on more cores more
                is asked for, by Amdahl's law.

        Raises:
            CheckFailed: if it is not, or if it computes something else.
            CheckInconclusive: if this machine cannot show it.
        """
        bench, owner = self.student.bench, self.student.owner
        cores = usable_cores()
        on_two = required or bench.exercise.required_speedup or DEFAULT_REQUIRED
        verdict, measured = measure(
            self._time_serial,
            self._time_student,
            cores=cores,
            required=required_on(max(cores, 2), on_two),
            seed=bench.seed,
        )
        owner.measured = measured
        if verdict is Verdict.FAILED:
            raise CheckFailed(words.failure(measured, self.student.name), measured)
        if verdict is Verdict.INCONCLUSIVE:
            raise CheckInconclusive(words.undecided(measured, self.student.name), measured)
        owner.note = words.passed(measured, self.student.name)

    def _time_serial(self) -> Sample:
        wall, cpu = time.perf_counter(), time.process_time()
        self._expected = self.serial()
        taken = Sample(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)
        self._refuse_wrong_value()
        return taken

    def _time_student(self) -> Sample:
        watch = CpuWatch()
        timed = self.student
        outcome = timed.bench.call(timed.name, timed.args, timed.kwargs, watch=watch, look=LOOK)
        self._got = timed.bench.value(outcome)
        self._refuse_wrong_value()
        return Sample(
            wall=outcome.seconds,
            cpu=outcome.cpu_seconds,
            asked=watch.asked_seconds(),
            by_process=tuple(watch.cpu_by_process()),
        )

    def _refuse_wrong_value(self) -> None:
        """A speedup counts only for the right result: refuse a wrong one in the first round."""
        if self._got is _NOT_YET or self._expected is _NOT_YET:
            return
        if self._got == self._expected and type(self._got) is type(self._expected):
            return
        call = self.student.bench.last_call
        assert call is not None
        raise CheckFailed(
            Feedback(
                happened=f"{call.text()} returned {brief(self._got)}; the serial run returned "
                f"{brief(self._expected)}.",
                cause="A speedup counts only for the right result.",
                next_step="Get the correctness checks to pass first.",
            )
        )
