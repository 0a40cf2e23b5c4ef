"""A speedup as a measurement: rounds of serial, control and student, and a three-way verdict.

    attempt ──► round ──┬─► serial    the baseline, in a fresh process          ┐
       ▲                ├─► together  the baseline, once a core, all at once    ├ in shuffled order
       └─ up to 3 more ─┴─► student   the program that is judged                ┘

Wall-clock time alone cannot grade: on a shared machine the same serial work takes 0.2 to 0.36 s, and
a right answer beside a busy neighbour looks serial. So two things are measured in every round:

    S    = T_serial / T_student                            what the clock shows
    S*   = min(D, B) x min(1, 1 / W)                       what the program asked for
           D = sum(ran + ready to run) / wall              how many cores it wanted at once
           B = CPU of all processes / CPU of the busiest   how evenly it shared the work out
           W = CPU of the student / CPU of the control     how much more work it made of it

S* is hardly moved by neighbours: a program whose processes take turns has D = 1 on any machine. To pass, a
tenth more work is free: to start processes and to talk to them is work that an even split has none of. The
control is what an even split of that very work takes here: the time of p serial runs at once over p, and what
starting p processes costs. It says whether the clock can be believed: where even it is not fast
enough, no program is failed by the clock. It says so of CPU time as well: where two virtual cores are
threads of one real one, two processes at once are booked up to twice the CPU time that one alone is
booked for the same work (and from one second to the next a neighbour's may do the same), so the
student's is compared with that of serial runs which had each other beside them.

Beside a busy neighbour, processes that wake each other for a lock all the time seem to ask for cores. Where
that is all the doubt there is, one of them is halted now and then, to see whether the others can go on
(manychefs.speedup.halts).

The verdict goes by medians, and more than half of the rounds make the median: once these agree, the
others are not run.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from manychefs.report import CurvePoint, SpeedupMeasurement, Strip, Verdict
from manychefs.speedup.halts import Halts, at_most
from manychefs.speedup.load import ForeignLoad

ROUNDS = (5, 3, 3, 3)  # of the first attempt, and of those that follow while the verdict is open
FEW_ROUNDS = (3, 3, 3, 3)  # where what comes out is known beforehand
PREVIEW_ROUNDS = (3,)  # of a preview, which two that agree can pass
HURRY = 10.0  # seconds of measuring from which on the machine is taken for too busy: no more attempts
ONE_CORE_ROUNDS = (3,)  # enough to tell the structure, where the clock can tell nothing
PATIENCE = (1.0, 2.0, 2.0, 3.0)  # seconds that an attempt waits for other programs to calm down
CLEARLY_SERIAL = 1.25  # S* below this fails whatever the clock says
FREE = 1.1  # W up to this, which starting processes and talking to them takes, keeps nobody from passing
PLAINLY_WASTED = 1.0  # S* below this in most rounds, and serial in all, is no bad moment of the machine
WASTED_ROUNDS = 3  # of these at least
PLAINLY_LESS = 0.9  # of what is required: S* between that and it may be what starting processes cost just now
CLOSE_TO_CONTROL = 0.6  # T_control / T_student from which on structure alone is believed
MOST_RESTLESS = 1.5  # times as often as the control on a core, from which on asking for one proves nothing
CALMEST = 50.0  # times a CPU second on a core: fewer of the control's are not counted as fewer
FEWEST_HALTS = 20  # before they make a verdict: those of one run are too few, they have one moment in common
MOST_HALTED_RUNS = 30  # in which processes are halted, until what they show is certain
HALTING = 15.0  # seconds from which on no further run of these begins
LEAST_EFFICIENT = 1.65  # a job is long enough if the control can reach this on two cores
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Sample:
    """One timed run: wall-clock and CPU seconds, what it asked for, how often who works in it got a core, who
    ran when."""

    wall: float
    cpu: float
    asked: float = 0.0
    turns: int = 0
    by_process: tuple[float, ...] = ()
    strips: tuple[Strip, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """A serial run, and the control's and the student's right beside it."""

    serial: Sample
    student: Sample
    control: Sample  # an even split of the serial run's work
    foreign: float | None = None

    @property
    def speedup(self) -> float:
        """S of this round."""
        return self.serial.wall / self.student.wall

    @property
    def demand(self) -> float:
        """D: cores wanted at once, on average."""
        return self.student.asked / self.student.wall

    @property
    def used(self) -> float:
        """Cores that it had, on average."""
        return self.student.cpu / self.student.wall

    @property
    def balance(self) -> float:
        """B: work of all over work of the busiest."""
        busiest = max(self.student.by_process, default=0.0)
        return sum(self.student.by_process) / busiest if busiest else 0.0

    @property
    def spread(self) -> float:
        """How much went on at once, whatever it was for: of S* the part that the machine hardly moves."""
        return min(self.demand, self.balance)

    @property
    def inflation(self) -> float:
        """The student's CPU time over the serial run's."""
        return self.student.cpu / self.serial.cpu if self.serial.cpu else 1.0

    @property
    def control_inflation(self) -> float:
        """C: how much more CPU time the serial run's work is booked when all cores do it at once."""
        return self.control.cpu / self.serial.cpu if self.control.cpu and self.serial.cpu else 1.0

    @property
    def excess(self) -> float:
        """W: how much more work the student made of it than an even split is."""
        return self.inflation / self.control_inflation

    @property
    def parallelism(self) -> float:
        """S*."""
        return self._useful(free=1.0)

    @property
    def earned(self) -> float:
        """S* with a tenth more work free: this has to be as much as is required."""
        return self._useful(free=FREE)

    def _useful(self, free: float) -> float:
        return self.spread * min(1.0, free / max(self.excess, 1e-9))

    @property
    def restlessness(self) -> float:
        """How much more often than the control it gets a core for the same CPU time.

        A serial run only ever stops when others are let on. Processes that wait for each other's lock stop at
        every item: each is woken, waits for a core to see that it has to wait again, and so seems to
        ask for one. (For whom turns are counted: CpuWatch.turns.)
        """
        if not (self.control.cpu and self.student.cpu):
            return 1.0
        # Alone on its core it may never have left it; next to that, anybody would be restless.
        calm = max(self.control.turns / self.control.cpu, CALMEST)
        return self.student.turns / self.student.cpu / calm

    @property
    def control_speedup(self) -> float:
        """What the machine could show in this round; 0 where that is not known."""
        return self.serial.wall / self.control.wall if self.control.wall else 0.0

    @property
    def is_near(self) -> bool:
        """Nearly as fast as the control."""
        return self.against_control >= CLOSE_TO_CONTROL

    @property
    def may_take_turns(self) -> bool:
        """Whether its processes seem to wait for each other's lock."""
        return may_take_turns(self.restlessness, self.used)

    @property
    def is_close(self) -> bool:
        """Nearly as fast as the control, by processes that do not seem to take turns."""
        return self.is_near and not self.may_take_turns

    @property
    def against_control(self) -> float:
        """The student's speed over the control's."""
        return self.control.wall / self.student.wall


class Contest(Protocol):
    """Who runs against whom. Each method runs one of them once, in fresh processes."""

    def serial(self, number: int) -> Sample:
        """The baseline on the input of round `number`."""

    def together(self, number: int, copies: int) -> Sample:
        """So many serial runs on that input at once: wall clock of all, CPU time and turns of one."""

    def student(self, number: int) -> Sample:
        """The program that is judged, on the input of round `number`."""


def may_take_turns(restlessness: float, used: float) -> bool:
    """Whether processes that wait for each other's lock could look like this, however much they ask for.

    Args:
        used: cores that the program had, on average; those who take turns have one.
    """
    return restlessness > MOST_RESTLESS and used < CLEARLY_SERIAL


def required_on(cores: int, on_two: float) -> float:
    """The speedup to ask for on this many cores, given what is asked for on two.

    By Amdahl's law with the serial fraction e that `on_two` allows: 1 / (e + (1 - e) / cores).
    """
    serial_fraction = 2.0 / on_two - 1.0
    return 1.0 / (serial_fraction + (1.0 - serial_fraction) / max(cores, 1))


def long_enough(startup_seconds: float, cores: int) -> float:
    """Seconds that the serial run should take, so that starting processes does not decide it.

    With start-up cost o a program takes T/p + o: it reaches the efficiency of LEAST_EFFICIENT on two
    cores if T >= o / (1/x - 1/p), x that same part of p.
    """
    best = LEAST_EFFICIENT * cores / 2
    return startup_seconds / (1 / best - 1 / cores)


def take_round(
    contest: Contest,
    number: int,
    order: random.Random,
    cores: int,
    startup_seconds: float,
    control: bool = True,
) -> Round:
    """Time all three, in an order that is shuffled anew for each round; or all but the control."""
    load, copies = ForeignLoad(), max(cores, 2)
    runs: dict[str, Callable[[], Sample]] = {
        "serial": lambda: contest.serial(number),
        "control": lambda: contest.together(number, copies),
        "student": lambda: contest.student(number),
    }
    if not control:
        del runs["control"]
    taken = {"control": Sample(0.0, 0.0)}
    for name in order.sample(sorted(runs), k=len(runs)):
        taken[name] = runs[name]()
    own = taken["serial"].cpu + copies * taken["control"].cpu + taken["student"].cpu
    taken["control"] = even_split(taken["control"], copies, startup_seconds)
    return Round(**taken, foreign=load.cores(own))


def even_split(together: Sample, copies: int, startup_seconds: float) -> Sample:
    """What an even split of one serial run takes, given so many of them at once."""
    wall = together.wall / copies + startup_seconds if together.wall else 0.0
    return replace(together, wall=wall)


def summarise(rounds: Sequence[Round], cores: int, required: float) -> SpeedupMeasurement:
    """Medians over the rounds, and the 95 % bootstrap interval of the speedup."""
    median = statistics.median
    speedups = [each.speedup for each in rounds]
    low, high = bootstrap_interval(speedups)
    middling = sorted(rounds, key=lambda each: each.student.wall)[len(rounds) // 2]
    loads = [each.foreign for each in rounds if each.foreign is not None]
    return SpeedupMeasurement(
        cores=cores,
        required=required,
        rounds=len(rounds),
        serial_seconds=median(each.serial.wall for each in rounds),
        student_seconds=median(each.student.wall for each in rounds),
        control_seconds=median(each.control.wall for each in rounds),
        speedup=median(speedups),
        low=low,
        high=high,
        control_speedup=median(each.control_speedup for each in rounds),
        parallelism=median(each.parallelism for each in rounds),
        demand=median(each.demand for each in rounds),
        balance=median(each.balance for each in rounds),
        inflation=median(each.inflation for each in rounds),
        control_inflation=median(each.control_inflation for each in rounds),
        restlessness=median(each.restlessness for each in rounds),
        processes=round(median(len(each.student.by_process) for each in rounds)),
        serial_cpu_seconds=median(each.serial.cpu for each in rounds),
        busiest_cpu_seconds=median(max(each.student.by_process, default=0.0) for each in rounds),
        seen=all(each.student.asked for each in rounds),
        foreign_load=median(loads) if loads else None,
        strips=list(middling.student.strips),
    )


def add_intervals(measured: SpeedupMeasurement, rounds: Sequence[Round]) -> None:
    """The 95 % intervals of the times, which are shown and not judged by."""
    measured.serial_interval = bootstrap_interval([each.serial.wall for each in rounds])
    measured.control_interval = bootstrap_interval([each.control.wall for each in rounds])
    measured.student_interval = bootstrap_interval([each.student.wall for each in rounds])


def bootstrap_interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile-bootstrap interval of the median (Efron 1979), with a fixed seed."""
    pick = random.Random(len(values))
    medians = sorted(statistics.median(pick.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    return medians[int(0.025 * _RESAMPLES)], medians[int(0.975 * _RESAMPLES) - 1]


def best_ratio(rounds: Sequence[Round]) -> float:
    """The fastest serial run over the fastest student run: what the machine showed at its calmest."""
    return min(each.serial.wall for each in rounds) / min(each.student.wall for each in rounds)


def earned(rounds: Sequence[Round]) -> float:
    """S* with a tenth more work free, the median of the rounds."""
    return statistics.median(each.earned for each in rounds)


def is_control_good(rounds: Sequence[Round], required: float) -> bool:
    """Whether this machine could show the required speedup while these rounds were taken."""
    fastest = min(each.control.wall for each in rounds)
    best = min(each.serial.wall for each in rounds) / fastest if fastest else 0.0
    usual = statistics.median(each.control_speedup for each in rounds)
    return best >= required and usual >= 0.9 * required


def judge(rounds: Sequence[Round], measured: SpeedupMeasurement) -> Verdict:
    """The verdict on these rounds; INCONCLUSIVE asks for another attempt while there is one.

    Without the kernel's books (not Linux) nothing is ever failed.
    """
    if measured.cores < 2:
        return Verdict.INCONCLUSIVE
    shown = max(measured.speedup, best_ratio(rounds)) >= measured.required
    if not measured.seen:
        return Verdict.PASSED if shown else Verdict.INCONCLUSIVE
    at_best = measured.parallelism
    if _is_by_excess_alone(rounds, measured.required):
        at_best = statistics.quantiles((each.parallelism for each in rounds), n=4, method="inclusive")[2]
    enough = earned(rounds) >= measured.required
    if at_best < CLEARLY_SERIAL and not enough:
        return Verdict.FAILED
    if enough:
        return Verdict.PASSED if shown else Verdict.INCONCLUSIVE
    plainly = at_best < PLAINLY_LESS * measured.required
    if plainly and is_control_good(rounds, measured.required) and measured.high < measured.required:
        return Verdict.FAILED
    return Verdict.INCONCLUSIVE


def is_parallel_in_structure(rounds: Sequence[Round], measured: SpeedupMeasurement) -> bool:
    """Whether the program asked for enough, and the clock shows it to be nearly as fast as the control.

    The second is what keeps out a program whose threads only stand ready: it asks for cores and makes
    nothing of them. It does so only while the control itself is faster than the serial run, so a program
    whose processes keep stopping for each other is not believed unless it had more cores than one.
    """
    close = sum(each.is_close for each in rounds) > len(rounds) / 2
    return measured.seen and earned(rounds) >= measured.required and close


def is_in_doubt(rounds: Sequence[Round], measured: SpeedupMeasurement) -> bool:
    """Whether the program asked for enough, but by processes that seem to take turns."""
    doubtful = sum(each.may_take_turns for each in rounds) > len(rounds) / 2
    asked = measured.seen and earned(rounds) >= measured.required
    return measured.cores > 1 and asked and doubtful


def judge_halts(halts: Halts, cores: int, required: float) -> Verdict:
    """Whether processes hold each other up so that no core more could help, or hardly at all.

    INCONCLUSIVE while there are few, and while the serial part's interval allows both or is in between.
    """
    if halts.halts < FEWEST_HALTS:
        return Verdict.INCONCLUSIVE
    _, least, most = halts.serial()
    if at_most(least, cores) < CLEARLY_SERIAL:
        return Verdict.FAILED
    return Verdict.PASSED if at_most(most, cores) >= required else Verdict.INCONCLUSIVE


def _halted(
    halting: Callable[[int, float, Halts], bool],
    measured: SpeedupMeasurement,
    number: int,
    clock: Callable[[], float],
) -> Verdict:
    """Halt processes, run after run, until it shows whether they hold each other up."""
    halts, verdict, until = Halts(), Verdict.INCONCLUSIVE, clock() + HALTING
    for run in range(MOST_HALTED_RUNS):
        if clock() > until:
            break
        if not halting(number + run, measured.busiest_cpu_seconds, halts):
            return Verdict.INCONCLUSIVE
        verdict = judge_halts(halts, measured.cores, measured.required)
        if verdict is not Verdict.INCONCLUSIVE:
            break
    measured.halts, measured.stalls = halts.halts, halts.stalls
    measured.parallelism = min(measured.parallelism, at_most(halts.serial()[0], measured.cores))
    return verdict


def _is_by_excess_alone(rounds: Sequence[Round], required: float) -> bool:
    """Whether S* is too low only because more CPU time was booked than for the serial run.

    The student's processes and the control's do not run at the same moment, so beside a neighbour that comes
    and goes W is up to 1.6 in one round of twelve for a right program. What does all of the work in each
    process has 2 in nine rounds of ten: three quarters of the rounds have to say so.
    """
    return statistics.median(each.spread for each in rounds) >= PLAINLY_LESS * required


def _may_be_the_machines_doing(rounds: Sequence[Round]) -> bool:
    """Whether one bad moment of the machine could make a right program look as slow, or as wasteful.

    The same work is booked up to twice the CPU time while somebody else has the other thread of a core. If
    it was the student's turn just then, it seems to do the work twice.
    """
    return statistics.median(each.spread for each in rounds) >= CLEARLY_SERIAL


def is_plainly_wasted(rounds: Sequence[Round]) -> bool:
    """Whether the program made so much more work of it, in most rounds, that no bad moment explains it.

    W of a right program is up to 1.6 in one round of twelve, so S* is hardly ever as low as this: in none of
    309 rounds beside neighbours (docs/speedup.md), in four of five where each process does all of the work.
    """
    seen = len(rounds) >= WASTED_ROUNDS and all(each.student.asked for each in rounds)
    wasted = sum(each.parallelism < PLAINLY_WASTED for each in rounds) > len(rounds) / 2
    return seen and wasted and all(each.parallelism < CLEARLY_SERIAL for each in rounds)


def is_settled(rounds: Sequence[Round], planned: int, required: float, *, structure: bool) -> bool:
    """Whether the verdict is certain, whatever this attempt's rounds that are still to come would show.

    It is if in most of them too little went on at once, or if they pass it by structure and clock.

    Args:
        planned: how many rounds there will be by the end of this attempt.
        structure: whether structure alone passes as well.
    """
    if not all(each.student.asked for each in rounds):
        return False
    serial = sum(each.spread < CLEARLY_SERIAL for each in rounds)
    parallel = sum(each.earned >= required for each in rounds)
    shown = sum(each.speedup >= required for each in rounds)
    close = sum(each.is_close for each in rounds) if structure else 0
    return max(serial, min(parallel, max(shown, close))) > planned / 2


def measure(
    contest: Contest,
    *,
    cores: int,
    required: float,
    seed: int = 0,
    startup_seconds: float = 0.0,
    rounds: Sequence[int] = ROUNDS,
    structure_earns: Literal["busy", "always", "never"] = "busy",
    control: bool = True,
    halting: Callable[[int, float, Halts], bool] | None = None,
    calm: Callable[[float], object] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Verdict, SpeedupMeasurement]:
    """Measure until the verdict is certain, in up to four attempts.

    When the clock does not show what the program plainly asked for, the structure decides: S* of at least
    `required`, and about as fast as the control. It does so by the end of an attempt: another one would
    wait for a machine that may never come, and S* hardly changes from one to the next.

    Args:
        startup_seconds: what starting a process a core costs here.
        rounds: how many an attempt has, of each attempt that there may be.
        structure_earns: whether structure alone passes: on a busy machine, also on one core, or never.
        control: whether the control is run. Without it nobody is failed by the clock.
        halting: runs the program once on the input of a round, halts one of its processes now and then, and
            notes what that shows; called with the round's number and the busiest's usual CPU seconds. Says
            whether the program returned: if not, that may be because of the halts, and nothing comes of it.
        calm: waits at most so many seconds for other programs to calm down.
        clock: tells how long the measuring has taken.
    """
    calm = calm or ForeignLoad().wait_until_calm
    began, order = clock(), random.Random(seed)
    earns = structure_earns == "always" or (structure_earns == "busy" and cores > 1)
    taken: list[Round] = []
    planned = 0
    settled = wasted = late = False
    for attempt, count in enumerate(rounds if cores > 1 else ONE_CORE_ROUNDS, 1):
        calm(PATIENCE[attempt - 1])
        planned += count
        while len(taken) < planned and not settled:
            taken.append(take_round(contest, len(taken), order, cores, startup_seconds, control))
            late = clock() - began > HURRY
            wasted = is_plainly_wasted(taken)
            settled = wasted or is_settled(taken, planned, required, structure=earns)
        measured = summarise(taken, cores, required)
        verdict = judge(taken, measured)
        if verdict is Verdict.INCONCLUSIVE and earns and is_parallel_in_structure(taken, measured):
            verdict, measured.by_structure = Verdict.PASSED, True
        if verdict is Verdict.INCONCLUSIVE and earns and halting is not None and is_in_doubt(taken, measured):
            verdict = _halted(halting, measured, len(taken), clock)
            if verdict is Verdict.PASSED and sum(each.is_near for each in taken) <= len(taken) / 2:
                verdict = Verdict.INCONCLUSIVE
            measured.by_structure = verdict is Verdict.PASSED
            if verdict is not Verdict.INCONCLUSIVE or measured.stalls:
                break
            halting = None  # it has shown nothing: what is left is the clock
        again = False  # whether a failure has come out once, and is asked for a second time
        if verdict is Verdict.FAILED and not wasted and _may_be_the_machines_doing(taken):
            # It has to come out so twice.
            latest, again = taken[-count:], attempt == 1
            if again or judge(latest, summarise(latest, cores, required)) is not Verdict.FAILED:
                verdict = Verdict.INCONCLUSIVE
        if settled or (late and not again) or verdict is not Verdict.INCONCLUSIVE:
            break
    add_intervals(measured, taken)
    measured.attempts, measured.startup_seconds = attempt, startup_seconds
    measured.seconds = round(clock() - began, 3)
    return verdict, measured


# -- tiny input -------------------------------------------------------------------------------

TINY_ROUNDS = (11, 10, 10)


def judge_tiny(rounds: Sequence[Round], by: float) -> Verdict:
    """Whether the program takes at most `by` times as long as the serial run (the rounds' `serial`).

    Passed if both clock and CPU time say so. Failed if the clock says otherwise with all of its interval
    and at its calmest: the serial run beside it came the same way and had the same neighbours. Without
    CPU times the clock alone may pass a program, not fail it.
    """
    slower = [1 / each.speedup for each in rounds]
    low, _ = bootstrap_interval(slower)
    best = 1 / best_ratio(rounds)
    quick = min(statistics.median(slower), best) <= by
    if not all(each.student.asked for each in rounds):
        return Verdict.PASSED if quick else Verdict.INCONCLUSIVE
    cheap = statistics.median(each.inflation for each in rounds) <= by
    if quick and cheap:
        return Verdict.PASSED
    return Verdict.FAILED if min(low, best) > by and not quick else Verdict.INCONCLUSIVE


def measure_tiny(
    serial: Callable[[], Sample],
    student: Callable[[int], Sample],
    *,
    cores: int,
    by: float,
    seed: int = 0,
    calm: Callable[[float], object] | None = None,
) -> tuple[Verdict, SpeedupMeasurement]:
    """Whether the program takes at most `by` times as long as a serial run that comes the same way."""
    calm = calm or ForeignLoad().wait_until_calm
    began, order = time.monotonic(), random.Random(seed)
    rounds: list[Round] = []
    for attempt, count in enumerate(TINY_ROUNDS, 1):
        calm(PATIENCE[attempt - 1])
        for _ in range(count):
            rounds.append(_tiny_round(serial, student, len(rounds), order))
        verdict = judge_tiny(rounds, by)
        if verdict is not Verdict.INCONCLUSIVE:
            break
    measured = summarise(rounds, cores, by)
    add_intervals(measured, rounds)
    measured.slower, measured.attempts = True, attempt
    measured.seconds = round(time.monotonic() - began, 3)
    return verdict, measured


def _tiny_round(
    serial: Callable[[], Sample], student: Callable[[int], Sample], number: int, order: random.Random
) -> Round:
    if order.random() < 0.5:
        base = serial()
        return Round(base, student(number), base)
    taken = student(number)
    base = serial()
    return Round(base, taken, base)


# -- the scaling curve ------------------------------------------------------------------------

CURVE_ROUNDS = 3
PREVIEW_CURVE_ROUNDS = 2


def worker_counts(cores: int) -> list[int]:
    """1, 2, 4 … and the cores themselves: where a scaling curve is measured."""
    doubled = [1 << step for step in range(cores.bit_length()) if 1 << step < cores]
    return [*doubled, cores]


def scaling_curve(
    serial: Callable[[int], Sample],
    student: Callable[[int, int], Sample],
    counts: Sequence[int],
    seed: int = 0,
    rounds: int = CURVE_ROUNDS,
) -> list[CurvePoint]:
    """The speedup over the serial run at each number of workers, in shuffled order.

    Args:
        student: called with a round's number and a number of workers.
    """
    order = random.Random(seed)
    walls: dict[int, list[float]] = {count: [] for count in counts}
    speedups: dict[int, list[float]] = {count: [] for count in counts}
    for number in range(rounds):
        base = serial(number).wall
        for count in order.sample(list(counts), k=len(counts)):
            wall = student(number, count).wall
            walls[count].append(wall)
            speedups[count].append(base / wall)
    return [_point(count, walls[count], speedups[count]) for count in counts]


def _point(workers: int, walls: list[float], speedups: list[float]) -> CurvePoint:
    low, high = bootstrap_interval(speedups)
    return CurvePoint(
        workers=workers,
        seconds=statistics.median(walls),
        speedup=statistics.median(speedups),
        low=low,
        high=high,
    )
