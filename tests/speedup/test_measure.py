"""The three-way verdict on a speedup, on rounds that are made up: no clock is read here."""

from __future__ import annotations

import random
from typing import Any

import pytest

from manychefs.report import Verdict
from manychefs.speedup.measure import (
    ATTEMPTS,
    ROUNDS,
    Round,
    Sample,
    bootstrap_interval,
    is_settled,
    judge,
    measure,
    required_on,
    summarise,
    take_rounds,
)
from manychefs.speedup.words import cause, failure, passed, undecided

P, F, I = Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE  # noqa: E741
SERIAL = Sample(wall=1.0, cpu=1.0)


def student(wall: float, asked: float, *by_process: float) -> Sample:
    return Sample(wall=wall, cpu=sum(by_process), asked=asked, by_process=by_process)


RIGHT = student(0.52, 1.02, 0.51, 0.51, 0.0)
ON_A_BUSY_MACHINE = student(1.02, 2.0, 0.51, 0.51, 0.0)
ONE_PROCESS = student(1.0, 1.0, 1.0)
THREADS = student(1.0, 1.9, 1.0)
START_JOIN = student(1.02, 1.02, 0.5, 0.5, 0.02)
BOTH_DO_EVERYTHING = student(1.02, 2.0, 1.0, 1.0)
UNEVEN = student(0.76, 1.01, 0.75, 0.25, 0.01)
NO_BOOKS = Sample(wall=0.52, cpu=0.0)
NO_BOOKS_SERIAL = Sample(wall=1.0, cpu=1.0)


def judged(sample: Sample, cores: int = 2, required: float = 1.5) -> Verdict:
    rounds = [Round(SERIAL, sample)] * ROUNDS
    return judge(rounds, summarise(rounds, cores, required))


@pytest.mark.parametrize(
    ("sample", "verdict"),
    [
        (RIGHT, P),
        (ON_A_BUSY_MACHINE, I),
        (ONE_PROCESS, F),
        (THREADS, F),
        (START_JOIN, F),
        (BOTH_DO_EVERYTHING, F),
        (UNEVEN, I),
        (NO_BOOKS, P),
        (NO_BOOKS_SERIAL, I),
    ],
)
def test_a_program_gets_the_verdict_that_its_structure_deserves(sample, verdict):
    assert judged(sample) is verdict


@pytest.mark.parametrize("sample", [RIGHT, ONE_PROCESS, NO_BOOKS, BOTH_DO_EVERYTHING])
def test_one_core_shows_nothing(sample):
    assert judged(sample, cores=1) is I


def test_without_the_kernels_books_nothing_is_failed():
    for wall in (0.1, 0.5, 1.0, 5.0):
        assert judged(Sample(wall=wall, cpu=0.0)) is not F


def test_a_clock_that_shows_a_speedup_does_not_excuse_a_serial_program():
    """The serial run was held up by a neighbour: 2x by the clock, and one process after another."""
    slow = Sample(wall=2.0, cpu=1.0)
    rounds = [Round(slow, START_JOIN)] * ROUNDS
    assert judge(rounds, summarise(rounds, 2, 1.5)) is F


def test_one_calm_round_is_enough_to_show_it():
    rounds = [Round(SERIAL, ON_A_BUSY_MACHINE)] * 4 + [Round(SERIAL, RIGHT)]
    assert judge(rounds, summarise(rounds, 2, 1.5)) is P


def measured_as(sample: Sample, cores: int = 2, required: float = 1.5) -> tuple[Verdict, int, list[float]]:
    calls: list[int] = []
    pauses: list[float] = []

    def run() -> Sample:
        calls.append(1)
        return sample

    verdict, _ = measure(lambda: SERIAL, run, cores=cores, required=required, pause=pauses.append)
    return verdict, len(calls), pauses


@pytest.mark.parametrize(
    ("sample", "verdict", "attempts", "rounds"),
    [
        (RIGHT, P, 1, 3),
        (ONE_PROCESS, F, 1, 3),
        (NO_BOOKS, P, 1, ROUNDS),
        (ON_A_BUSY_MACHINE, P, 2, 8),
        (UNEVEN, I, ATTEMPTS, ATTEMPTS * ROUNDS),
        (NO_BOOKS_SERIAL, I, ATTEMPTS, ATTEMPTS * ROUNDS),
    ],
)
def test_it_is_measured_again_only_while_the_verdict_is_not_certain(sample, verdict, attempts, rounds):
    got, runs, pauses = measured_as(sample)
    assert (got, runs, len(pauses)) == (verdict, rounds, attempts - 1)
    assert pauses == sorted(pauses)


@pytest.mark.parametrize("sample", [RIGHT, UNEVEN, NO_BOOKS])
def test_on_one_core_it_is_measured_once(sample):
    verdict, runs, pauses = measured_as(sample, cores=1)
    assert (verdict, pauses) == (I, [])
    assert runs <= ROUNDS


def test_the_rounds_that_are_left_out_would_not_have_changed_the_verdict(monkeypatch):
    kinds = [RIGHT, ON_A_BUSY_MACHINE, ONE_PROCESS, START_JOIN, UNEVEN, NO_BOOKS, student(0.6, 1.0, 0.6, 0.4)]
    fewer = 0
    for seed in range(400):
        pick = random.Random(seed)
        some = pick.sample(kinds, pick.randint(1, 3))
        samples = [pick.choice(some) for _ in range(ATTEMPTS * ROUNDS)]
        verdicts = []
        for settled in (is_settled, lambda *_: False):
            monkeypatch.setattr("manychefs.speedup.measure.is_settled", settled)
            left = iter(samples)
            verdict, measured = measure(
                lambda: SERIAL, left.__next__, cores=2, required=1.5, pause=lambda _: None
            )
            verdicts.append((verdict, measured.rounds))
        (early, taken), (late, of) = verdicts
        assert early is late, samples
        fewer += taken < of
    assert fewer > 100


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
        went: list[str] = []

        def run(name: str) -> Sample:
            went.append(name)
            return SERIAL

        list(take_rounds(lambda: run("s"), lambda: run("p"), 12, seed))
        pairs = ["".join(went[at : at + 2]) for at in range(0, 24, 2)]
        assert set(pairs) == {"sp", "ps"}, "each round has both, and not always in one order"
        return "".join(pairs)

    assert order(3) == order(3)
    assert len({order(seed) for seed in range(5)}) > 1


def test_the_samples_of_a_round_stay_what_they_are():
    rounds = list(take_rounds(lambda: SERIAL, lambda: RIGHT, 10, seed=1))
    assert [(each.serial, each.student) for each in rounds] == [(SERIAL, RIGHT)] * 10


def test_an_outlier_moves_neither_the_median_nor_the_interval_far():
    rounds = [Round(SERIAL, RIGHT)] * 4 + [Round(SERIAL, student(50.0, 60.0, 0.51, 0.51))]
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
    nothing = Round(Sample(wall=1.0, cpu=0.0), Sample(wall=1.0, cpu=0.0))
    assert (nothing.parallelism, nothing.balance, nothing.inflation) == (0.0, 0.0, 1.0)


# -- the words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        (ONE_PROCESS, "One process did all of the work"),
        (THREADS, "Threads do not help"),
        (START_JOIN, "took turns"),
        (BOTH_DO_EVERYTHING, "2.0 times the work of the serial run"),
        (UNEVEN, "One process did 74 % of the work"),
    ],
)
def test_the_likely_cause_is_the_right_one(sample, words):
    measured: Any = summarise([Round(SERIAL, sample)] * ROUNDS, 2, 1.5)
    assert words in cause(measured)[0]
    assert words in failure(measured, "f").cause


def test_what_is_said_without_a_verdict_depends_on_the_cores():
    rounds = [Round(SERIAL, UNEVEN)] * ROUNDS
    assert "only one core is usable" in undecided(summarise(rounds, 1, 1.5), "f").happened
    told = undecided(summarise(rounds, 2, 1.5), "f")
    assert "too close to tell" in told.happened
    assert "One process did 74 % of the work" in told.cause


def test_a_pass_says_whether_the_clock_could_show_it():
    calm = summarise([Round(SERIAL, RIGHT)] * ROUNDS, 2, 1.5)
    busy = summarise([Round(SERIAL, ON_A_BUSY_MACHINE)] * ROUNDS, 2, 1.5)
    assert "1.92 times as fast" in passed(calm, "f").happened
    assert "too busy to show it" in passed(busy, "f").happened
