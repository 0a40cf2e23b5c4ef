"""`speedup`: the fixture with which a grader's test compares the submission with a serial run.

    speedup.of("factorials", numbers).over(serial, numbers).at_least(1.5)
    speedup.of("squares", [1, 2, 3]).over(serial, [1, 2, 3]).not_slower(by=2.0)
    speedup.of("count_words", text).over(serial, text).curve("workers").at_least()

`serial` is a function of the grader: the baseline never comes from the student's file. An argument
that is itself a function makes fresh input for each round, so that an answer which was kept from the
last call is of no use:

    def banquet(random, size):                    # the round's random.Random, and how much work it is
        return [random.randrange(120_000, 121_000) for _ in range(round(4 * size))]

    speedup.of("factorials", banquet).over(serial, banquet).at_least()

It is called once for `of` and once for `over`, each with a generator of the same seed. `size` is 1.0,
and more on a machine where starting processes takes so long that the usual work would be too short. Where
somebody waits for the verdict and no mark is made of it, it is less, unless that would be too short.
"""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from manychefs.grading.difference import differences
from manychefs.grading.explain import brief
from manychefs.grading.outcome import CheckFailed, CheckInconclusive
from manychefs.grading.student import Bench
from manychefs.report import CurvePoint, Feedback, SpeedupMeasurement, Verdict
from manychefs.sandbox.host import Outcome, Watch
from manychefs.sandbox.inside import plain
from manychefs.speedup import halts, lease, words
from manychefs.speedup.baseline import run_alone, run_together
from manychefs.speedup.measure import (
    CURVE_ROUNDS,
    FEW_ROUNDS,
    PREVIEW_CURVE_ROUNDS,
    PREVIEW_ROUNDS,
    ROUNDS,
    Sample,
    long_enough,
    measure,
    measure_tiny,
    scaling_curve,
    worker_counts,
)
from manychefs.speedup.startup import Startup
from manychefs.speedup.still import standing_still
from manychefs.speedup.watch import LOOK, CpuWatch, sample_of

DEFAULT_REQUIRED = 1.5
MOST_WORKERS = 16  # of a scaling curve
LARGEST = 8.0  # times the usual work, on a machine that starts processes slowly
PREVIEW = 0.5  # times the usual work, where somebody waits for the verdict
TRIED = 0.25  # of the work, to see whether all of it is enough
_TINY_LOOK = 0.001  # seconds: what is tiny is over in a few of these


class Speedup:
    """Measures the submission against a serial run; `measured` holds the last measurement.

    Args:
        preview: whether somebody waits for the verdict and no mark is made of it: less work and fewer rounds
            come first then, and if the clock shows the speedup in them, that is enough.
        few_rounds: whether fewer rounds of all the work are enough, since what comes out is known beforehand.
        curves: whether a scaling curve is drawn where the grader asks for one.
    """

    def __init__(
        self, bench: Bench, preview: bool = False, few_rounds: bool = False, curves: bool = True
    ) -> None:
        self._bench = bench
        self.preview = preview
        self.few_rounds = few_rounds
        self.curves = curves
        self.measured: SpeedupMeasurement | None = None
        self.note: Feedback | None = None

    @property
    def cores(self) -> int:
        """How many cores the measurement has: as many workers are of use."""
        return lease.measuring_cores()

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
        return Comparison(self, serial, args, kwargs)


@dataclass(frozen=True)
class _Inputs:
    """The arguments of round after round: those that are functions are called anew for each."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    seed: int

    def of_round(self, number: int, size: float) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Arguments by place and by name."""

        def fresh(argument: Any) -> Any:
            if not callable(argument):
                return argument
            return argument(random.Random(self.seed * 10_007 + number), size)

        return tuple(map(fresh, self.args)), {name: fresh(each) for name, each in self.kwargs.items()}

    @property
    def have_a_size(self) -> bool:
        return any(map(callable, (*self.args, *self.kwargs.values())))


class Comparison:
    """A student's call and a serial one that gives the same value."""

    def __init__(
        self, student: Timed, serial: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.student = student
        self._serial = serial
        self._serial_input = _Inputs(args, kwargs, student.bench.seed)
        self._student_input = _Inputs(student.args, student.kwargs, student.bench.seed)
        self._workers = ""

    def curve(self, workers: str = "workers") -> Comparison:
        """Also draw how the speedup grows with the number of workers; this is shown, not judged.

        Args:
            workers: the parameter of the student's function that takes their number.
        """
        self._workers = workers
        return self

    def at_least(self, required: float | None = None) -> None:
        """The student's program is at least this many times as fast as the serial one.

        Args:
            required: on two cores, which is what a measurement gets (default: the exercise's
                `required_speedup`).

        Raises:
            CheckFailed: if it is not, or if it computes something else.
            CheckInconclusive: if this machine cannot show it.
        """
        bench, owner = self.student.bench, self.student.owner
        cores = lease.measuring_cores()
        required = required or bench.exercise.required_speedup or DEFAULT_REQUIRED
        # Of a preview's little work the clock can be believed; how often processes stop for each other
        # cannot: beside a hog, a lock taken again and again looks as calm as a serial run for 0.1 s.
        # Beside others who do not calm down, it hardly ever shows a speedup.
        tries = owner.preview and cores > 1 and not lease.patience().was_in_vain()
        found = self._measure(cores, required, preview=True) if tries else None
        if found is None or found[1] is not Verdict.PASSED:
            found = self._measure(cores, required, preview=False)
        contest, verdict, measured = found
        if self._workers and owner.curves and verdict is not Verdict.FAILED:
            rounds = PREVIEW_CURVE_ROUNDS if owner.preview else CURVE_ROUNDS
            measured.curve = contest.curve(self._workers, bench.seed, rounds)
        owner.measured = measured
        _tell(owner, verdict, measured, self.student.name)

    def _measure(
        self, cores: int, required: float, *, preview: bool
    ) -> tuple[_Contest, Verdict, SpeedupMeasurement]:
        """A contest over enough work, and what came out of it."""
        bench = self.student.bench
        size = PREVIEW if preview else 1.0
        contest = _Contest(self.student, self._serial, self._student_input, self._serial_input, size)
        startup = 0.0
        # A fork takes a few milliseconds, for which half of any exercise's work is enough: a preview takes
        # that for granted. If it is wrong, the clock shows no speedup, and all is measured in full.
        if not (preview and bench.method == "fork"):
            with Startup(bench.method, cores, bench.confinement) as host:
                startup = host.seconds()
            contest.warm_up(long_enough(startup, max(cores, 2)))
        verdict, measured = measure(
            contest,
            cores=cores,
            required=required,
            seed=bench.seed,
            startup_seconds=startup,
            rounds=PREVIEW_ROUNDS if preview else FEW_ROUNDS if self.student.owner.few_rounds else ROUNDS,
            structure_earns="never" if preview else bench.exercise.structure_earns,
            control=not preview,
            halting=contest.halted,
            calm=_at_once if preview else lease.patience().wait,
        )
        return contest, verdict, measured

    def not_slower(self, by: float = 2.0) -> None:
        """On tiny input: the student's program takes at most `by` times as long as the serial one.

        Both are timed with what calling into a host costs, which is most of it: some milliseconds, a
        fraction of what starting a pool costs. One core is enough to show it.

        Raises:
            CheckFailed: if it takes longer, or if it computes something else.
            CheckInconclusive: if this machine cannot show it.
        """
        bench, owner = self.student.bench, self.student.owner
        cores = lease.measuring_cores()
        with Startup(bench.method, cores, bench.confinement) as host:
            contest = _Contest(self.student, self._serial, self._student_input, self._serial_input)
            cpu_seconds = contest.warm_up(0.0)
            contest.look = _TINY_LOOK

            def student(number: int) -> Sample:
                contest.serial(number)  # for its value: by itself it is too short to be timed
                return contest.student(number)

            verdict, measured = measure_tiny(
                lambda: host.alone(cpu_seconds, look=_TINY_LOOK),
                student,
                cores=cores,
                by=by,
                seed=bench.seed,
            )
        owner.measured = measured
        _tell(owner, verdict, measured, self.student.name)


def _at_once(_seconds: float) -> None:
    """What a preview does instead of waiting until other programs are calm: a tenth of a second at least."""


def _tell(owner: Speedup, verdict: Verdict, measured: SpeedupMeasurement, name: str) -> None:
    if verdict is Verdict.FAILED:
        raise CheckFailed(words.failure(measured, name), measured)
    if verdict is Verdict.INCONCLUSIVE:
        raise CheckInconclusive(words.undecided(measured, name), measured)
    owner.note = words.passed(measured, name)


@dataclass
class _Contest:
    """The serial function and the submission, each run once when it is asked for.

    While another one runs, the submission's hosts stand still: whatever its file has started while it
    was imported cannot slow the baseline down.
    """

    timed: Timed
    function: Callable[..., Any]
    student_input: _Inputs
    serial_input: _Inputs
    size: float = 1.0
    look: float = LOOK
    _expected: dict[int, Any] = field(default_factory=dict)
    _got: dict[int, Any] = field(default_factory=dict)

    def warm_up(self, seconds: float) -> float:
        """CPU seconds of the serial run, once it takes at least so long by its `size`.

        Where it has a size, a part of the work is tried: all of it takes as much longer.
        """
        part = TRIED if self.serial_input.have_a_size else 1.0
        taken = self._run_serial(-1, part)
        for _ in range(2):
            if taken.wall / part >= seconds or not self.serial_input.have_a_size or self.size >= LARGEST:
                break
            self.size = min(LARGEST, self.size * 1.1 * seconds * part / taken.wall)
            taken = self._run_serial(-1, part)
        return taken.cpu / part

    def serial(self, number: int) -> Sample:
        """The baseline on the input of round `number`."""
        return self._run_serial(number)

    def _run_serial(self, number: int, part: float = 1.0) -> Sample:
        call = self._serial_call(number, part)
        with standing_still(self.timed.bench.pids()):
            value, taken = run_alone(call)
        self._expected.clear()  # results may be large, and only this round's is asked for
        self._expected[number] = value
        self._compare(number)
        return taken

    def together(self, number: int, copies: int) -> Sample:
        """So many serial runs at once on the input of round `number`."""
        call = self._serial_call(number)
        with standing_still(self.timed.bench.pids()):
            return run_together(call, copies)

    def _serial_call(self, number: int, part: float = 1.0) -> Callable[[], Any]:
        """The baseline's call, which also makes of its value what a submission's call has to: a message."""
        args, kwargs = self.serial_input.of_round(number, self.size * part)

        def call() -> Any:
            value = self.function(*args, **kwargs)
            with contextlib.suppress(plain.NotPlain):  # told by the comparison with what the student returned
                json.dumps(plain.pack(value)).encode()
            return value

        return call

    def student(self, number: int, **more: Any) -> Sample:
        """The submission on the input of round `number`.

        Raises:
            CheckFailed: if it does not return, or returns something else than the serial run.
        """
        with CpuWatch() as watch:
            outcome = self._call(number, watch, self.look, more)
        self._got[number] = self.timed.bench.value(outcome)
        self._compare(number)
        return sample_of(outcome, watch)

    def halted(self, number: int, usual: float, noted: halts.Halts) -> bool:
        """Run the submission on the input of round `number`, one of its processes halted now and then.

        Returns whether it returned. If not, a time-out of its own may have noticed, which is no mistake.
        """
        halter = halts.Halter(usual, random.Random(self.timed.bench.seed * 10_007 + number), noted)
        return self._call(number, halter, halts.LOOK, {}).how == "value"

    def _call(self, number: int, watch: Watch, look: float, more: dict[str, Any]) -> Outcome:
        bench = self.timed.bench
        args, kwargs = self.student_input.of_round(number, self.size)
        with standing_still(bench.pids(but=bench.method)):
            return bench.call(self.timed.name, args, kwargs | more, watch=watch, look=look)

    def curve(self, workers: str, seed: int, rounds: int) -> list[CurvePoint]:
        """The speedup at 1, 2, 4 … workers: up to all cores if nobody else grades meanwhile."""
        with lease.widened(self.timed.bench.pids) as cores:
            return scaling_curve(
                self.serial,
                lambda number, count: self.student(number, **{workers: count}),
                worker_counts(min(cores, MOST_WORKERS)),
                seed,
                rounds,
            )

    def _compare(self, number: int) -> None:
        """A speedup counts only for the right result: refuse a wrong one as soon as both are there."""
        if number not in self._got or number not in self._expected:
            return
        got, expected = self._got.pop(number), self._expected[number]
        if got == expected and type(got) is type(expected):
            return
        call = self.timed.bench.last_call
        assert call is not None
        raise CheckFailed(
            Feedback(
                happened=f"{call.text()} returned {brief(got)}; the serial run returned {brief(expected)}.",
                cause="A speedup counts only for the right result.",
                evidence=differences(got, expected),
                next_step="Get the correctness checks to pass first.",
            )
        )
