"""A speedup as a measurement: rounds of serial and student in turn, and a three-way verdict.

Wall-clock time alone cannot grade: on a shared machine the same serial work takes 0.2 to 0.36 s, and
a right answer beside a busy neighbour looks serial. So two things are measured in every round:

    S    = T_serial / T_student                            what the clock shows
    S*   = min(D, B) x min(1, 1 / W)                       what the program asked for
           D = sum(ran + ready to run) / wall              how many cores it wanted at once
           B = CPU of all processes / CPU of the busiest   how evenly it shared the work out
           W = CPU of the student / CPU of the serial run  how much more work it made of it

S* is hardly moved by neighbours: a program whose processes take turns has D = 1 on any machine.

The verdict goes by medians, and more than half of the rounds make the median: once these agree, the
others are not run.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from manychefs.report import SpeedupMeasurement, Verdict

ROUNDS = 5
ATTEMPTS = 3
CLEARLY_SERIAL = 1.25  # S* below this fails whatever the clock says
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Sample:
    """One timed run: wall-clock and CPU seconds, and (of the student's) what it asked for."""

    wall: float
    cpu: float
    asked: float = 0.0
    by_process: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """A serial run and the student's run right beside it."""

    serial: Sample
    student: Sample

    @property
    def speedup(self) -> float:
        """S of this round."""
        return self.serial.wall / self.student.wall

    @property
    def demand(self) -> float:
        """D: cores wanted at once, on average."""
        return self.student.asked / self.student.wall

    @property
    def balance(self) -> float:
        """B: work of all over work of the busiest."""
        busiest = max(self.student.by_process, default=0.0)
        return sum(self.student.by_process) / busiest if busiest else 0.0

    @property
    def inflation(self) -> float:
        """W: the student's CPU time over the serial run's."""
        return sum(self.student.by_process) / self.serial.cpu if self.serial.cpu else 1.0

    @property
    def parallelism(self) -> float:
        """S*."""
        return min(self.demand, self.balance) * min(1.0, 1.0 / max(self.inflation, 1e-9))


def required_on(cores: int, on_two: float) -> float:
    """The speedup to ask for on this many cores, given what is asked for on two.

    By Amdahl's law with the serial fraction e that `on_two` allows: 1 / (e + (1 - e) / cores).
    """
    serial_fraction = 2.0 / on_two - 1.0
    return 1.0 / (serial_fraction + (1.0 - serial_fraction) / max(cores, 1))


def take_rounds(
    serial: Callable[[], Sample], student: Callable[[], Sample], rounds: int, seed: int
) -> Iterator[Round]:
    """Time both `rounds` times, in an order that is shuffled anew in each round."""
    order = random.Random(seed)
    for _ in range(rounds):
        if order.random() < 0.5:
            first = serial()
            yield Round(first, student())
        else:
            second = student()
            yield Round(serial(), second)


def summarise(rounds: list[Round], cores: int, required: float) -> SpeedupMeasurement:
    """Medians over the rounds, and a 95 % bootstrap interval of the median speedup."""
    speedups = [each.speedup for each in rounds]
    low, high = bootstrap_interval(speedups)
    median = statistics.median
    return SpeedupMeasurement(
        cores=cores,
        required=required,
        rounds=len(rounds),
        serial_seconds=median(each.serial.wall for each in rounds),
        student_seconds=median(each.student.wall for each in rounds),
        speedup=median(speedups),
        low=low,
        high=high,
        parallelism=median(each.parallelism for each in rounds),
        demand=median(each.demand for each in rounds),
        balance=median(each.balance for each in rounds),
        inflation=median(each.inflation for each in rounds),
        processes=round(median(len(each.student.by_process) for each in rounds)),
    )


def bootstrap_interval(values: list[float]) -> tuple[float, float]:
    """The 95 % percentile-bootstrap interval of the median (Efron 1979), with a fixed seed."""
    pick = random.Random(len(values))
    medians = sorted(statistics.median(pick.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    return medians[int(0.025 * _RESAMPLES)], medians[int(0.975 * _RESAMPLES) - 1]


def best_ratio(rounds: list[Round]) -> float:
    """The fastest serial run over the fastest student run: what the machine showed at its calmest."""
    return min(each.serial.wall for each in rounds) / min(each.student.wall for each in rounds)


def judge(rounds: list[Round], measured: SpeedupMeasurement) -> Verdict:
    """The verdict on these rounds; INCONCLUSIVE asks for another attempt while there is one.

    Without the kernel's books (`parallelism` 0: not Linux) nothing is ever failed.
    """
    if measured.cores < 2:
        return Verdict.INCONCLUSIVE
    shown = max(measured.speedup, best_ratio(rounds)) >= measured.required
    if not any(each.student.asked for each in rounds):
        return Verdict.PASSED if shown else Verdict.INCONCLUSIVE
    if measured.parallelism < CLEARLY_SERIAL:
        return Verdict.FAILED
    if measured.parallelism >= measured.required and shown:
        return Verdict.PASSED
    return Verdict.INCONCLUSIVE


def is_settled(rounds: list[Round], planned: int, required: float) -> bool:
    """Whether the verdict is certain, whatever the rounds that are still to come would show.

    It is if most of this attempt's rounds fail it, or pass it by structure and clock, or if most of
    all attempts' rounds pass it by structure.

    Args:
        planned: how many rounds there will be by the end of this attempt.
    """
    if not all(each.student.asked for each in rounds):
        return False
    serial = sum(each.parallelism < CLEARLY_SERIAL for each in rounds)
    parallel = sum(each.parallelism >= required for each in rounds)
    shown = sum(each.speedup >= required for each in rounds)
    return max(serial, min(parallel, shown)) > planned / 2 or parallel > ATTEMPTS * ROUNDS / 2


def measure(
    serial: Callable[[], Sample],
    student: Callable[[], Sample],
    *,
    cores: int,
    required: float,
    seed: int = 0,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Verdict, SpeedupMeasurement]:
    """Measure until the verdict is certain, at most ATTEMPTS times ROUNDS rounds.

    When the clock cannot show what the program plainly asked for, because the machine is busy, the
    structure decides: S* of at least `required` passes.
    """
    rounds: list[Round] = []
    settled = False
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(0.2 * attempt)
        for taken in take_rounds(serial, student, ROUNDS, seed + attempt):
            rounds.append(taken)
            settled = is_settled(rounds, ROUNDS * (attempt + 1), required)
            if settled:
                break
        measured = summarise(rounds, cores, required)
        verdict = judge(rounds, measured)
        if verdict is not Verdict.INCONCLUSIVE or cores < 2:
            return verdict, measured
        if settled:
            break
    if measured.parallelism >= required:
        return Verdict.PASSED, measured
    return Verdict.INCONCLUSIVE, measured
