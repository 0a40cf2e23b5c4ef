"""The three-way verdict on a speedup, on rounds that are made up: no clock is read here."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from manychefs.report import Verdict
from manychefs.speedup.halts import Halts
from manychefs.speedup.measure import (
    FEW_ROUNDS,
    HALTING,
    HURRY,
    MOST_HALTED_RUNS,
    MOST_RESTLESS,
    PREVIEW_ROUNDS,
    ROUNDS,
    Round,
    Sample,
    add_intervals,
    best_ratio,
    bootstrap_interval,
    even_split,
    is_control_good,
    is_plainly_wasted,
    is_settled,
    judge,
    judge_tiny,
    long_enough,
    measure,
    required_on,
    scaling_curve,
    summarise,
    take_round,
    worker_counts,
)
from manychefs.speedup.words import cause, failure, passed, undecided

P, F, I = Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE  # noqa: E741
FIRST, ALL = ROUNDS[0], sum(ROUNDS)
SERIAL = Sample(wall=1.0, cpu=1.0)


def student(wall: float, asked: float, *by_process: float) -> Sample:
    return Sample(wall=wall, cpu=sum(by_process), asked=asked, by_process=by_process)


CONTROL = student(0.51, 1.0, 0.5, 0.5)
BUSY_CONTROL = student(1.0, 2.0, 0.5, 0.5)
RIGHT = student(0.52, 1.02, 0.51, 0.51, 0.0)
ON_A_BUSY_MACHINE = student(1.02, 2.0, 0.51, 0.51, 0.0)
ONE_PROCESS = student(1.0, 1.0, 1.0)
THREADS = student(1.0, 1.9, 1.0)
START_JOIN = student(1.02, 1.02, 0.5, 0.5, 0.02)
BOTH_DO_EVERYTHING = student(1.02, 2.0, 1.0, 1.0)
IDLE_SPINNER = student(1.02, 2.02, 1.0, 1.0)
NEARLY = student(0.68, 1.2, 0.51, 0.51, 0.0)  # the clock shows 1.47, and 1.96 of the control
UNEVEN = student(0.76, 1.01, 0.75, 0.25, 0.01)
STANDING_READY = student(1.02, 2.0, 0.5, 0.5, 0.02)  # one after another, with threads that only wait
CHATTY = student(1.4, 2.5, 1.0, 1.0, 0.5)
NO_BOOKS = Sample(wall=0.52, cpu=0.0)
NO_BOOKS_SERIAL = Sample(wall=1.0, cpu=1.0)


def of(sample: Sample, control: Sample = CONTROL, serial: Sample = SERIAL) -> Round:
    return Round(serial, sample, control)


def judged(sample: Sample, control: Sample = CONTROL, cores: int = 2, required: float = 1.5) -> Verdict:
    rounds = [of(sample, control)] * FIRST
    return judge(rounds, summarise(rounds, cores, required))


@pytest.mark.parametrize(
    ("sample", "control", "verdict"),
    [
        (RIGHT, CONTROL, P),
        (ON_A_BUSY_MACHINE, BUSY_CONTROL, I),
        (ONE_PROCESS, CONTROL, F),
        (ONE_PROCESS, BUSY_CONTROL, F),
        (THREADS, CONTROL, F),
        (START_JOIN, CONTROL, F),
        (BOTH_DO_EVERYTHING, CONTROL, F),
        (IDLE_SPINNER, CONTROL, F),
        (CHATTY, CONTROL, F),
        (UNEVEN, CONTROL, F),
        (UNEVEN, BUSY_CONTROL, I),
        (STANDING_READY, CONTROL, I),
        (NO_BOOKS, CONTROL, P),
        (NO_BOOKS_SERIAL, CONTROL, I),
    ],
)
def test_a_program_gets_the_verdict_that_its_structure_deserves(sample, control, verdict):
    assert judged(sample, control) is verdict


@pytest.mark.parametrize("sample", [RIGHT, ONE_PROCESS, NO_BOOKS, BOTH_DO_EVERYTHING])
def test_one_core_shows_nothing(sample):
    assert judged(sample, cores=1) is I


def test_without_the_kernels_books_nothing_is_failed():
    for wall in (0.1, 0.5, 1.0, 5.0):
        assert judged(Sample(wall=wall, cpu=0.0)) is not F


def test_a_clock_that_shows_a_speedup_does_not_excuse_a_serial_program():
    """The serial run was held up by a neighbour: 2x by the clock, and one process after another."""
    slow = Sample(wall=2.0, cpu=1.0)
    rounds = [of(START_JOIN, serial=slow)] * FIRST
    assert judge(rounds, summarise(rounds, 2, 1.5)) is F


def test_one_calm_round_is_enough_to_show_it():
    rounds = [of(ON_A_BUSY_MACHINE, BUSY_CONTROL)] * 4 + [of(RIGHT)]
    assert judge(rounds, summarise(rounds, 2, 1.5)) is P


def test_a_control_that_is_slow_itself_lets_nobody_be_failed_by_the_clock():
    assert is_control_good([of(UNEVEN)] * FIRST, 1.5)
    assert not is_control_good([of(UNEVEN, BUSY_CONTROL)] * FIRST, 1.5)
    mostly_busy = [of(UNEVEN, BUSY_CONTROL)] * 4 + [of(UNEVEN)]
    assert not is_control_good(mostly_busy, 1.5)


# Two virtual cores that are threads of one: what runs on both at once is booked 1.7 times the CPU time.
THREADS_OF_ONE_CORE = student(0.87, 1.72, 0.85, 0.85)
RIGHT_THERE = student(0.89, 1.75, 0.87, 0.87, 0.0)
BOTH_DO_EVERYTHING_THERE = student(1.74, 3.4, 1.7, 1.7)


@pytest.mark.parametrize(
    ("sample", "control", "excess", "verdict"),
    [
        (RIGHT_THERE, THREADS_OF_ONE_CORE, 1.02, I),
        (BOTH_DO_EVERYTHING_THERE, THREADS_OF_ONE_CORE, 2.0, F),
        (ONE_PROCESS, THREADS_OF_ONE_CORE, 1 / 1.7, F),
        (START_JOIN, THREADS_OF_ONE_CORE, 0.6, F),
        (RIGHT, CONTROL, 1.02, P),
    ],
)
def test_cpu_time_that_the_machine_books_twice_is_nobodys_work(sample, control, excess, verdict):
    rounds = [of(sample, control)] * FIRST
    measured = summarise(rounds, 2, 1.5)
    assert rounds[0].excess == pytest.approx(excess, abs=0.01)
    assert measured.excess == pytest.approx(rounds[0].excess)
    assert judge(rounds, measured) is verdict


def test_a_right_program_on_threads_of_one_core_passes_by_its_structure():
    verdict, measured, _ = measured_by(Contest([RIGHT_THERE], THREADS_OF_ONE_CORE))
    assert (verdict, measured.by_structure, measured.rounds) == (P, True, 3)
    assert measured.control_inflation == pytest.approx(1.7)
    measured.foreign_load = 0.0
    told = passed(measured, "total")
    assert "an even split's 1.70" in told.evidence[2]
    assert "an even split of its work is 1.15 times as fast" in told.happened


def test_a_serial_run_that_was_booked_less_than_the_others_blames_nobody():
    """Of two threads of a core the other one was idle at its turn, and at no other's: W is not by it."""
    lucky = Sample(wall=0.58, cpu=0.58)
    rounds = [of(RIGHT, CONTROL, lucky)] * FIRST
    assert summarise(rounds, 2, 1.5).parallelism > 1.9
    both = [of(BOTH_DO_EVERYTHING, CONTROL, lucky)] * FIRST
    assert judge(both, summarise(both, 2, 1.5)) is F


def test_an_even_split_is_the_time_of_all_copies_over_their_number_and_what_starting_costs():
    assert even_split(Sample(1.2, 0.6, turns=9), 3, 0.05) == Sample(pytest.approx(0.45), 0.6, turns=9)
    assert even_split(Sample(0.0, 0.0), 2, 0.05).wall == 0.0, "not known"
    unknown = of(RIGHT, Sample(0.0, 0.0))
    assert (unknown.control_speedup, unknown.against_control, unknown.control_inflation) == (0.0, 0.0, 1.0)
    assert not is_control_good([unknown], 1.5)


RESTLESS = Sample(wall=1.02, cpu=1.02, asked=1.9, by_process=(0.51, 0.51), turns=5000)
CALM_KIT = Sample(wall=0.51, cpu=1.0, asked=1.0, by_process=(0.5, 0.5), turns=1000)
BUSY_KIT = Sample(wall=1.0, cpu=1.0, asked=2.0, by_process=(0.5, 0.5), turns=1000)


def test_processes_that_stop_for_each_other_all_the_time_do_not_pass_by_asking_for_cores():
    """One lock held through all the work: on a busy machine it is as fast as the control, and as serial."""
    verdict, measured, _ = measured_by(Contest([RESTLESS], BUSY_KIT))
    assert measured.parallelism >= measured.required
    assert measured.restlessness == pytest.approx(4.9, abs=0.1)
    assert (verdict, measured.by_structure) == (I, False)
    assert "A lock that is held during the work" in undecided(measured, "total").cause
    assert measured_by(Contest([RESTLESS], CALM_KIT))[0] is I, "by the clock, which shows 1x, either"


@pytest.mark.parametrize(("stalls", "verdict"), [(0, P), (10, F), (3, I)])
def test_who_stops_for_each_other_all_the_time_is_halted_to_see_whether_the_others_go_on(stalls, verdict):
    ran: list[tuple[int, float]] = []

    def halt(number: int, usual: float, halts: Halts) -> bool:
        ran.append((number, usual))
        halts.halts += 20
        halts.stalls += stalls
        halts.among += [2] * 20
        return True

    got, measured, attempts = measured_by(Contest([RESTLESS], BUSY_KIT), halting=halt)
    assert (got, measured.by_structure, attempts) == (verdict, verdict is P, 1)
    assert (measured.halts, measured.stalls) == (20 * len(ran), stalls * len(ran))
    assert ran[:2] == [(FIRST, 0.51), (FIRST + 1, 0.51)][: len(ran)]
    assert len(ran) == {P: 1, F: 2, I: MOST_HALTED_RUNS}[verdict]
    if verdict is F:
        told = failure(measured, "total")
        assert "total made use of 1.00 cores at once; 1.50 are required" in told.happened
        assert "took turns" in told.cause
        assert (
            "one of its processes was halted for a moment, 40 times: 20 times no other one"
            in told.evidence[3]
        )


def test_who_holds_nobody_up_and_is_far_slower_than_the_control_stays_open():
    asked: list[int] = []

    def halt(number: int, _usual: float, halts: Halts) -> bool:
        asked.append(number)
        halts.halts, halts.among = 40, [2] * 40
        return True

    slow = replace(RESTLESS, wall=1.8, asked=3.4)
    verdict, measured, attempts = measured_by(Contest([slow], BUSY_KIT), halting=halt)
    assert (verdict, measured.by_structure, len(asked), attempts) == (I, False, 1, len(ROUNDS))


def test_a_program_that_does_not_return_when_it_is_halted_is_not_blamed():
    """A time-out of its own may have noticed that one of its processes stood still."""
    asked: list[int] = []

    def halt(number: int, _usual: float, halts: Halts) -> bool:
        asked.append(number)
        halts.halts, halts.stalls, halts.among = 40, 20, [2] * 40
        return False

    verdict, measured, attempts = measured_by(Contest([RESTLESS], BUSY_KIT), halting=halt)
    assert (verdict, measured.by_structure, len(asked), attempts) == (I, False, 1, len(ROUNDS))
    assert (measured.halts, measured.stalls) == (0, 0)
    assert measured.parallelism >= measured.required, "what was seen in such a run is not told either"


def test_halting_takes_no_longer_than_it_may():
    now, runs = [0.0], []

    def halt(number: int, _usual: float, _halts: Halts) -> bool:
        now[0] += HALTING / 3
        runs.append(number)
        return True

    verdict, *_ = measured_by(Contest([RESTLESS], BUSY_KIT), halting=halt, clock=lambda: now[0])
    assert (verdict, len(runs)) == (I, 4)


def test_nobody_is_halted_whom_clock_or_structure_have_judged():
    def halt(*_: object) -> None:
        raise AssertionError

    for sample, kit in (
        (RIGHT, CONTROL),
        (ON_A_BUSY_MACHINE, BUSY_KIT),
        (ONE_PROCESS, BUSY_KIT),
        (UNEVEN, BUSY_KIT),
    ):
        measured_by(Contest([sample], kit), halting=halt)
    measured_by(Contest([RESTLESS], BUSY_KIT), halting=halt, structure_earns="never")


def test_a_control_that_never_left_its_core_makes_nobody_calm():
    for turns in (0, 1, 49):
        never_left = Sample(wall=1.0, cpu=1.0, turns=turns)
        assert of(RESTLESS, never_left).restlessness == pytest.approx(98, abs=1)
        assert of(RIGHT, never_left).restlessness == 0.0


def test_on_a_quiet_machine_a_few_turns_are_no_talk():
    """As measured on 16 cores: a control that is never interrupted makes 100 turns look like thousands."""
    twice = Sample(wall=0.49, cpu=0.89, asked=0.89, by_process=(0.45, 0.44), turns=100)
    calm = Sample(wall=0.23, cpu=0.43, turns=1)
    serial = Sample(wall=0.42, cpu=0.42)
    measured = summarise([Round(serial, twice, calm)] * FIRST, 2, 1.5)
    assert "each did all of it" in cause(measured)[0]


def test_a_control_that_had_good_moments_makes_nobody_believable():
    """As measured beside a hog: the same lock, the control 1.5 times as fast as the serial run, S* 1.64."""
    in_turn = Sample(wall=0.8, cpu=0.73, asked=1.5, by_process=(0.37, 0.36), turns=3000)
    kit = Sample(wall=0.65, cpu=0.7, turns=700)
    verdict, measured, _ = measured_by(Contest([in_turn], kit))
    assert measured.parallelism >= measured.required
    assert measured.control_speedup > 1.5
    assert verdict is I


def test_stopping_often_is_not_blamed_where_it_decided_nothing():
    """On a calm machine the control hardly ever stops, and a right program seems restless beside it."""
    right = Sample(wall=0.76, cpu=1.02, asked=1.4, by_process=(0.51, 0.51), turns=5000)
    measured = summarise([of(right, CALM_KIT)] * FIRST, 2, 1.5)
    assert measured.restlessness > MOST_RESTLESS
    assert measured.parallelism >= measured.required
    assert "lock" not in undecided(measured, "total").cause


def test_work_for_messages_is_not_taken_for_the_same_work_done_twice():
    twice = Sample(wall=1.02, cpu=2.0, asked=2.0, by_process=(1.0, 1.0), turns=2000)
    chatty = Sample(wall=1.4, cpu=2.5, asked=2.5, by_process=(1.0, 1.0, 0.5), turns=40_000)
    told = []
    for sample in (twice, chatty):
        rounds = [of(sample, CALM_KIT)] * FIRST
        told.append(cause(summarise(rounds, 2, 1.5))[0])
    assert "each did all of it" in told[0]
    assert "talking between them" in told[1]


@pytest.mark.parametrize(("times", "is_doubted"), [(1.4, False), (1.6, True)])
def test_a_neighbour_may_make_a_right_program_somewhat_restless(times, is_doubted):
    """Beside a hog they share a core: one round of three sees them stop more often than the control."""
    halted = []
    in_turn = replace(RESTLESS, turns=round(times * BUSY_KIT.turns * RESTLESS.cpu))
    verdict, measured, _ = measured_by(
        Contest([in_turn], BUSY_KIT), halting=lambda *_: bool(halted.append(True))
    )
    assert measured.restlessness == pytest.approx(times, abs=0.01)
    assert (verdict is P, bool(halted)) == (not is_doubted, is_doubted)


def test_restless_is_no_harm_to_a_program_that_had_more_cores_than_one():
    quick = Sample(wall=0.7, cpu=1.02, asked=1.35, by_process=(0.51, 0.51), turns=5000)
    for wall in (0.7, 0.9):  # the control's, that may itself have had a bad moment
        kit = Sample(wall=wall, cpu=1.0, asked=1.4, by_process=(0.5, 0.5), turns=1000)
        verdict, measured, _ = measured_by(Contest([quick], kit))
        assert (verdict, measured.by_structure) == (P, True)


class Contest:
    """A contest whose samples are made up, and which counts who ran."""

    def __init__(self, samples: list[Sample], control: Sample = CONTROL) -> None:
        self.samples = samples
        self.kit = control
        self.went: list[str] = []

    def serial(self, _: int) -> Sample:
        self.went.append("s")
        return SERIAL

    def together(self, _: int, copies: int) -> Sample:
        self.went.append("c")
        return replace(self.kit, wall=copies * self.kit.wall)

    def student(self, number: int) -> Sample:
        self.went.append("p")
        return self.samples[number % len(self.samples)]


def measured_by(contest: Contest, cores: int = 2, **options: Any) -> tuple[Verdict, Any, int]:
    calms: list[float] = []
    options.setdefault("clock", lambda: 0.0)
    verdict, measured = measure(contest, cores=cores, required=1.5, calm=calms.append, **options)
    assert measured.attempts == len(calms)
    return verdict, measured, len(calms)


@pytest.mark.parametrize(
    ("sample", "control", "verdict", "attempts", "rounds"),
    [
        (RIGHT, CONTROL, P, 1, 3),
        (ONE_PROCESS, BUSY_CONTROL, F, 1, 3),
        (NO_BOOKS, CONTROL, P, 1, FIRST),
        (UNEVEN, CONTROL, F, 2, sum(ROUNDS[:2])),
        (BOTH_DO_EVERYTHING, CONTROL, F, 1, 3),
        (CHATTY, BUSY_CONTROL, F, 1, 3),
        (ON_A_BUSY_MACHINE, BUSY_CONTROL, P, 1, 3),
        (NEARLY, CONTROL, P, 1, 3),
        (UNEVEN, BUSY_CONTROL, I, len(ROUNDS), ALL),
        (STANDING_READY, CONTROL, I, len(ROUNDS), ALL),
        (NO_BOOKS_SERIAL, CONTROL, I, len(ROUNDS), ALL),
    ],
)
def test_it_is_measured_again_only_while_the_verdict_is_not_certain(
    sample, control, verdict, attempts, rounds
):
    contest = Contest([sample], control)
    got, measured, calms = measured_by(contest)
    assert (got, calms, measured.rounds) == (verdict, attempts, rounds)
    assert contest.went.count("p") == contest.went.count("s") == contest.went.count("c") == rounds
    assert measured.by_structure == (sample in (ON_A_BUSY_MACHINE, NEARLY))


PREVIEWED = {"rounds": PREVIEW_ROUNDS, "structure_earns": "never", "control": False}


def test_a_course_that_gives_nothing_for_structure_alone_has_its_control():
    """No control was run for it, as for a preview, so that the clock could fail nobody."""
    contest = Contest([UNEVEN])
    assert measured_by(contest, structure_earns="never")[0] is F
    assert "c" in contest.went


@pytest.mark.parametrize(
    ("sample", "control", "verdict", "rounds"),
    [
        (RIGHT, CONTROL, P, 2),
        (ONE_PROCESS, BUSY_CONTROL, F, 2),
        (ON_A_BUSY_MACHINE, BUSY_CONTROL, I, 3),
        (UNEVEN, CONTROL, I, 3),
        (STANDING_READY, CONTROL, I, 3),
    ],
)
def test_a_preview_passes_what_the_clock_shows_in_two_rounds(sample, control, verdict, rounds):
    contest = Contest([sample], control)
    got, measured, attempts = measured_by(contest, **PREVIEWED)
    assert (got, measured.rounds, attempts) == (verdict, rounds, 1)
    assert set(contest.went) == {"s", "p"}  # what a control is for, a preview does not decide


def test_of_a_preview_no_control_is_told():
    _, measured, _ = measured_by(Contest([RIGHT]), **PREVIEWED)
    assert (measured.control_seconds, measured.control_speedup) == (0.0, 0.0)
    assert "even split" not in passed(measured, "f").text()
    _, measured, _ = measured_by(Contest([RIGHT]))
    assert measured.control_speedup > 1


def test_who_does_the_work_twice_does_not_pass_a_preview_by_a_clock_that_shows_a_speedup():
    """A quicker way of counting, in each of two processes: without a control the CPU time is not divided."""
    twice = student(0.6, 1.1, 0.55, 0.55)
    assert measured_by(Contest([twice]), **PREVIEWED)[0] is P
    more = student(0.6, 1.1, 0.9, 0.9)
    assert measured_by(Contest([more]), **PREVIEWED)[0] is not P


def test_one_bad_round_of_a_preview_decides_nothing():
    for bad in (ONE_PROCESS, ON_A_BUSY_MACHINE):
        for samples in ([bad, RIGHT, RIGHT], [RIGHT, bad, RIGHT]):
            got, measured, _ = measured_by(Contest(samples), **PREVIEWED)
            assert (got, measured.rounds) == (P, 3)


@pytest.mark.parametrize(("work", "rounds", "attempts"), [(1.8, 3, 1), (1.3, 8, 2)])
def test_one_round_that_is_no_waste_has_it_come_out_twice(work, rounds, attempts):
    """Unless it is hardly less of a waste: then three rounds are enough."""
    lucky = replace(BOTH_DO_EVERYTHING, wall=0.98, cpu=work, by_process=(work / 2, work / 2))
    got, measured, tried = measured_by(Contest([BOTH_DO_EVERYTHING, lucky, *[BOTH_DO_EVERYTHING] * 8]))
    assert (got, measured.rounds, tried) == (F, rounds, attempts)


@pytest.mark.parametrize(("work", "verdict"), [(1.05, P), (1.35, P), (1.45, I)])
def test_a_tenth_more_work_than_an_even_split_is_free(work, verdict):
    """To start processes and to talk to them is work, and beside a neighbour the books are no finer."""
    busy = Sample(wall=1.02, cpu=work, asked=1.88, by_process=(work / 2, work / 2))
    got, measured, _ = measured_by(Contest([busy], BUSY_KIT))
    assert measured.parallelism == pytest.approx(1.88 / 1.02 / work, abs=0.01)
    assert (got, measured.by_structure) == (verdict, verdict is P)


def test_who_is_not_seen_is_not_wasteful():
    assert is_plainly_wasted([of(BOTH_DO_EVERYTHING)] * 3)
    assert not is_plainly_wasted([of(BOTH_DO_EVERYTHING)] * 2)
    assert not is_plainly_wasted([of(NO_BOOKS)] * 3)


@pytest.mark.parametrize(
    ("sample", "verdict", "rounds"), [(RIGHT, P, 2), (ONE_PROCESS, F, 2), (UNEVEN, F, 6)]
)
def test_of_few_rounds_two_that_agree_settle_it(sample, verdict, rounds):
    contest = Contest([sample])
    got, measured, _ = measured_by(contest, rounds=FEW_ROUNDS)
    assert (got, measured.rounds) == (verdict, rounds)
    assert contest.went.count("c") == rounds  # with the control, as for a mark


BOOKED_MORE = student(
    0.95, 1.6, 0.71, 0.71
)  # at the student's turn each core had another one's work beside it


@pytest.mark.parametrize("bad", [UNEVEN, BOOKED_MORE])
def test_nobody_is_failed_for_one_bad_moment(bad):
    """A right program whose first rounds fell into one."""
    assert judged(bad) is F
    got, measured, _ = measured_by(Contest([bad] * FIRST + [RIGHT] * ALL))
    assert got is P
    assert measured.attempts > 2


@pytest.mark.parametrize(
    ("sample", "verdict", "rounds"),
    [
        (ON_A_BUSY_MACHINE, P, 3),
        (UNEVEN, I, FIRST),
        (STANDING_READY, I, FIRST),
    ],
)
def test_a_machine_that_is_too_busy_gets_no_second_attempt(sample, verdict, rounds):
    ticks = iter([0.0] + [HURRY * 2] * 20)
    control = CONTROL if sample is STANDING_READY else BUSY_CONTROL
    got, measured, attempts = measured_by(Contest([sample], control), clock=ticks.__next__)
    assert (got, measured.rounds, attempts) == (verdict, rounds, 1)


def test_a_failure_is_confirmed_however_busy_the_machine_is():
    ticks = iter([0.0] + [HURRY * 2] * 20)
    wasteful = student(1.02, 2.0, 0.9, 0.9)  # S* is 1.1: not so much that three rounds are enough
    got, measured, attempts = measured_by(Contest([wasteful], BUSY_CONTROL), clock=ticks.__next__)
    assert (got, measured.rounds, attempts) == (F, sum(ROUNDS[:2]), 2)


def booked(times: float) -> Sample:
    """A right program, booked so many times the CPU time of the serial run beside a neighbour."""
    return student(0.6 * times, 1.78 * 0.6 * times, times / 2, times / 2)


@pytest.mark.parametrize(
    ("times", "verdict"),
    [
        # As measured beside another grading that came and went: the median 1.53 made it S* = 1.19.
        ((1.6, 1.55, 1.1, 1.53, 1.7, 1.5, 1.6, 1.2), I),
        ((1.5, 1.5, 1.2, 1.1, 1.5, 1.4, 1.5, 1.5), I),
        # Where each process does all of it, it is about twice as much every time.
        ((2.0, 1.9, 1.7, 2.1, 2.2, 1.9, 1.8, 2.0), F),
        # ... but for an odd round, as of idle spinners beside other work.
        ((2.0, 1.9, 1.1, 2.1, 2.2, 1.9, 1.2, 2.0), F),
    ],
)
def test_cpu_time_that_was_booked_more_fails_nobody_unless_it_always_is(times, verdict):
    contest = Contest([booked(each) for each in times], BUSY_CONTROL)
    ticks = iter([0.0] + [HURRY * 2] * 20)
    got, measured, _ = measured_by(contest, clock=ticks.__next__)
    assert got is verdict
    assert measured.parallelism < 1.35
    assert measured.demand == pytest.approx(1.78)


@pytest.mark.parametrize("latest", [RIGHT, ON_A_BUSY_MACHINE])
def test_a_failure_that_is_not_confirmed_on_a_busy_machine_ends_there(latest):
    ticks = iter([0.0] + [HURRY * 2] * 20)
    contest = Contest([BOOKED_MORE] * FIRST + [latest] * ALL, BUSY_CONTROL)
    got, _, attempts = measured_by(contest, clock=ticks.__next__)
    assert (got is F, attempts) == (False, 2)


@pytest.mark.parametrize(
    ("earns", "cores", "sample", "verdict"),
    [
        ("busy", 2, ON_A_BUSY_MACHINE, P),
        ("never", 2, ON_A_BUSY_MACHINE, I),
        ("busy", 1, ON_A_BUSY_MACHINE, I),
        ("always", 1, ON_A_BUSY_MACHINE, P),
        ("always", 1, UNEVEN, I),
        ("always", 1, START_JOIN, I),
        ("always", 1, NO_BOOKS_SERIAL, I),
    ],
)
def test_the_course_says_whether_structure_alone_earns_the_points(earns, cores, sample, verdict):
    contest = Contest([sample], BUSY_CONTROL)
    got, measured, _ = measured_by(contest, cores=cores, structure_earns=earns)
    assert (got, measured.by_structure) == (verdict, verdict is P)


@pytest.mark.parametrize("sample", [RIGHT, UNEVEN, NO_BOOKS])
def test_on_one_core_it_is_measured_once(sample):
    verdict, measured, attempts = measured_by(Contest([sample]), cores=1)
    assert (verdict, attempts) == (I, 1)
    assert measured.rounds <= FIRST


def test_the_rounds_that_are_left_out_would_not_have_changed_the_verdict(monkeypatch):
    kinds = [RIGHT, ON_A_BUSY_MACHINE, ONE_PROCESS, START_JOIN, UNEVEN, BOOKED_MORE, NO_BOOKS]
    kinds.append(student(0.6, 1.0, 0.6, 0.4))
    fewer = 0
    for seed in range(30):
        pick = random.Random(seed)
        some = pick.sample(kinds, pick.randint(1, 3))
        samples = [pick.choice(some) for _ in range(ALL)]
        verdicts = []
        for settled in (is_settled, lambda *_, **__: False):
            monkeypatch.setattr("manychefs.speedup.measure.is_settled", settled)
            verdict, measured, _ = measured_by(Contest(samples, BUSY_CONTROL))
            verdicts.append((verdict, measured.rounds))
        (early, taken), (late, of_all) = verdicts
        assert early is late, samples
        fewer += taken < of_all
    assert fewer > 7


def test_start_up_decides_how_long_a_job_must_be():
    assert long_enough(0.01, 2) == pytest.approx(0.094, abs=0.001)
    assert long_enough(0.02, 2) == pytest.approx(2 * long_enough(0.01, 2))


def test_a_curve_has_every_doubling_and_all_cores():
    assert [worker_counts(cores) for cores in (1, 2, 4, 6, 16)] == [
        [1], [1, 2], [1, 2, 4], [1, 2, 4, 6], [1, 2, 4, 8, 16]
    ]  # fmt: skip


def test_a_curve_of_fewer_rounds_has_all_points():
    contest = Contest([RIGHT])
    curve = scaling_curve(contest.serial, lambda number, _: contest.student(number), [1, 2], rounds=2)
    assert [point.workers for point in curve] == [1, 2]
    assert contest.went.count("s") == 2


@pytest.mark.parametrize(
    ("wall", "cpu", "verdict"),
    [(1.1, 1.1, P), (5.0, 6.0, F), (5.0, 1.0, F), (1.1, 6.0, I)],
    ids=["as quick", "a pool", "sleeps", "quick by the clock, and busy elsewhere"],
)
def test_tiny_input_is_judged_by_clock_and_cpu(wall, cpu, verdict):
    sample = student(wall, cpu, cpu)
    assert judge_tiny([Round(SERIAL, sample, SERIAL)] * 11, by=2.0) is verdict


def test_tiny_input_on_a_busy_machine_fails_nobody_for_one_slow_run():
    slow, usual = student(9.0, 1.1, 1.1), student(1.2, 1.1, 1.1)
    rounds = [Round(SERIAL, slow, SERIAL)] * 4 + [Round(SERIAL, usual, SERIAL)] * 7
    assert judge_tiny(rounds, by=2.0) is P
    assert judge_tiny([Round(SERIAL, Sample(9.0, 0.0), SERIAL)] * 11, by=2.0) is I, "no books, no failure"


@pytest.mark.parametrize("on_two", [1.2, 1.5, 1.9])
def test_more_cores_ask_for_more_and_never_for_all_of_them(on_two):
    needed = [required_on(cores, on_two) for cores in range(2, 65)]
    assert needed[0] == pytest.approx(on_two)
    assert needed == sorted(needed)
    assert all(each < cores for cores, each in enumerate(needed, 2))
    assert needed[-1] < 1 / (2 / on_two - 1)


def test_one_core_can_ask_for_nothing():
    assert required_on(1, 1.5) == pytest.approx(1.0)


def test_rounds_shuffle_who_goes_first_and_the_seed_decides_it():
    def order(seed: int) -> str:
        contest, random_order = Contest([RIGHT]), random.Random(seed)
        for number in range(24):
            taken = take_round(contest, number, random_order, 2, 0.0)
            assert (taken.serial, taken.student, taken.control) == (SERIAL, RIGHT, CONTROL)
        went = "".join(contest.went)
        rounds = {went[at : at + 3] for at in range(0, 72, 3)}
        assert len(rounds) > 3, "not always in one order"
        assert {"".join(sorted(each)) for each in rounds} == {"cps"}, "each round has all three"
        return went

    assert order(3) == order(3)
    assert len({order(seed) for seed in range(5)}) > 1


def test_an_outlier_moves_neither_the_median_nor_the_interval_far():
    rounds = [of(RIGHT)] * 4 + [of(student(50.0, 60.0, 0.51, 0.51))]
    measured = summarise(rounds, 2, 1.5)
    assert measured.speedup == pytest.approx(1 / 0.52)
    assert measured.rounds == 5


def test_the_interval_holds_the_median_and_narrows_with_more_rounds():
    pick = random.Random(1)
    few = [pick.gauss(1.8, 0.2) for _ in range(5)]
    many = [pick.gauss(1.8, 0.2) for _ in range(60)]
    for values in (few, many):
        low, high = bootstrap_interval(values)
        assert min(values) <= low <= sorted(values)[len(values) // 2] <= high <= max(values)
        assert bootstrap_interval(values) == (low, high)
    assert _width(many) < _width(few)


def _width(values: list[float]) -> float:
    low, high = bootstrap_interval(values)
    return high - low


def test_zeroes_do_not_divide():
    nothing = of(Sample(wall=1.0, cpu=0.0), serial=Sample(wall=1.0, cpu=0.0))
    assert (nothing.parallelism, nothing.balance, nothing.inflation) == (0.0, 0.0, 1.0)


def test_the_figures_are_those_of_the_rounds():
    rounds = [of(RIGHT)] * 3 + [of(ON_A_BUSY_MACHINE, BUSY_CONTROL)]
    measured = summarise(rounds, 2, 1.5)
    add_intervals(measured, rounds)
    assert best_ratio(rounds) == pytest.approx(1 / 0.52)
    assert measured.control_speedup == pytest.approx(1 / 0.51)
    assert (measured.serial_interval, measured.control_interval[0]) == ((1.0, 1.0), 0.51)
    assert measured.serial_fraction == pytest.approx(2 * 0.52 - 1, abs=0.001)
    assert summarise(rounds, 1, 1.5).serial_fraction is None


# -- the words --------------------------------------------------------------------------------


def measured_as(sample: Sample, control: Sample = CONTROL, cores: int = 2) -> Any:
    return summarise([of(sample, control)] * FIRST, cores, 1.5)


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        (ONE_PROCESS, "One process did all of the work"),
        (THREADS, "Threads do not help"),
        (START_JOIN, "took turns"),
        (BOTH_DO_EVERYTHING, "each did all of it, together 2.0 times"),
        (UNEVEN, "One process did 74 % of the work"),
        (
            student(1.4, 2.5, 0.7, 0.7, 0.7),
            "Starting 3 processes and talking between them took 1.10 s of CPU",
        ),
        (student(0.8, 1.02, 0.51, 0.51), "Start-up and waiting ate it: 0.29 s of 0.80 s"),
    ],
)
def test_the_likely_cause_is_the_right_one(sample, words):
    measured = measured_as(sample)
    assert words in cause(measured)[0]
    assert words in failure(measured, "f").cause


def test_what_is_said_without_a_verdict_depends_on_the_cores():
    told = undecided(measured_as(UNEVEN, cores=1), "f")
    assert "only one core is usable" in told.happened
    assert "with more cores it should be" in told.cause
    assert "took turns" in undecided(measured_as(START_JOIN, cores=1), "f").cause
    told = undecided(measured_as(UNEVEN), "f")
    assert "too close to tell" in told.happened
    assert "One process did 74 % of the work" in told.cause


def test_without_the_kernels_books_it_is_said_what_was_not_seen():
    told = undecided(measured_as(NO_BOOKS_SERIAL), "f")
    assert "it alone fails nobody" in told.happened
    assert any("not seen on this system" in line for line in told.evidence)


def test_a_pass_says_whether_the_clock_could_show_it():
    calm, busy = measured_as(RIGHT), measured_as(ON_A_BUSY_MACHINE, BUSY_CONTROL)
    busy.by_structure = True
    assert "1.92 times as fast" in passed(calm, "f").happened
    busy.foreign_load = 1.0
    assert "too busy to show it" in passed(busy, "f").happened
    nearly = measured_as(NEARLY)
    nearly.by_structure, nearly.foreign_load = True, 0.0
    assert "it is 1.47 times as fast as the serial run, nearly what an even split is" in (
        passed(nearly, "f").happened
    )


def test_processes_that_do_all_of_the_work_each_are_told_so_however_short_it_is():
    """Starting two processes took a quarter of it: not what made the work twice as much."""
    measured = measured_as(BOTH_DO_EVERYTHING)
    measured.startup_seconds, measured.processes, measured.serial_seconds = 0.2, 3, 0.9
    assert "each did all of it" in cause(measured)[0]
    measured.serial_cpu_seconds = measured.serial_seconds = 0.1
    measured.busiest_cpu_seconds = 0.17  # most of it for starting
    assert "Start-up ate it" in cause(measured)[0]


def test_too_slow_on_tiny_input_is_said_in_times_and_seconds():
    measured = summarise([Round(Sample(0.004, 0.004), student(0.02, 0.03, 0.03), SERIAL)] * 11, 2, 2.0)
    measured.slower = True
    told = failure(measured, "f")
    assert "5.0 times as long as the serial run; 2.0 times is allowed." in told.happened
    assert "16.0 ms" in told.cause
