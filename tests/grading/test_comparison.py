"""`speedup` checks on real programs: parallel in structure passes, one after the other fails."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from manychefs.grading.comparison import _Contest, _Inputs
from manychefs.report import SpeedupMeasurement, Verdict
from manychefs.speedup.cores import usable_cores

GRADER = '''
import pytest

def serial(numbers):
    return [sum(range(number)) for number in numbers]

@pytest.mark.check(points=3, kind="speedup")
def test_it(speedup):
    """Two processes beat one"""
    numbers = [4_000_000, 4_000_000]
    speedup.of("total", numbers).over(serial, numbers).at_least()
'''

SHORT = GRADER.replace("4_000_000", "100_000")

PROGRAM = """
from multiprocessing import Pool, Process, Queue

def work(number):
    return sum(range(number))

def into(numbers, queue):
    queue.put([work(number) for number in numbers])

def total(numbers):
    BODY
"""
POOL = "with Pool(2) as pool: return pool.map(work, numbers, chunksize=1)"
SERIAL = "return [work(number) for number in numbers]"
ONE_WORKER = "with Pool(1) as pool: return pool.map(work, numbers)"
START_JOIN = """queue, found = Queue(), []
    for number in numbers:
        chef = Process(target=into, args=([number], queue))
        chef.start()
        found += queue.get()
        chef.join()
    return found"""
BOTH_DO_ALL = """queue = Queue()
    chefs = [Process(target=into, args=(numbers, queue)) for _ in range(2)]
    for chef in chefs: chef.start()
    found = [queue.get() for _ in chefs]
    for chef in chefs: chef.join()
    return found[0]"""

two_cores = pytest.mark.skipif(usable_cores() < 2, reason="one core shows no speedup")


@two_cores
@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(SERIAL, "One process did all of the work", id="serial"),
        pytest.param(ONE_WORKER, "", id="one worker", marks=pytest.mark.slow),
        pytest.param(START_JOIN, "took turns", id="start and join", marks=pytest.mark.slow),
        pytest.param(
            BOTH_DO_ALL, "times the work of the serial run", id="both do all", marks=pytest.mark.slow
        ),
    ],
)
def test_a_program_that_is_not_parallel_fails_with_its_figures(tiny_course, body, words):
    check = tiny_course(GRADER, seconds=30).only_check(PROGRAM.replace("BODY", body))
    assert isinstance(check.evidence, SpeedupMeasurement)
    assert check.earned == 0
    if body != BOTH_DO_ALL:
        assert check.verdict is Verdict.FAILED
        assert check.evidence.parallelism < 1.25
    else:
        # How much work is done twice is seen less surely beside a busy neighbour: no points, in any case.
        assert check.verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE)
    assert check.feedback is not None
    assert words in check.feedback.cause
    assert f"required {check.evidence.required:.2f}x" in check.feedback.evidence[0]


@two_cores
@pytest.mark.slow
def test_a_parallel_program_passes_unless_the_machine_shows_no_speedup(tiny_course):
    """Long enough for what starting a pool costs to count little; and it is never failed."""
    grader = GRADER.replace("4_000_000", "20_000_000")
    check = tiny_course(grader, seconds=60).only_check(PROGRAM.replace("BODY", POOL))
    measured = check.evidence
    assert isinstance(measured, SpeedupMeasurement)
    assert measured.required == 1.5
    assert measured.parallelism >= 1.25
    assert check.feedback is not None
    if measured.control_speedup >= measured.required and measured.parallelism >= measured.required:
        assert (check.verdict, check.earned) == (Verdict.PASSED, 3)
        assert "times as fast" in check.feedback.happened or "too busy" in check.feedback.happened
    else:
        assert check.verdict in (Verdict.PASSED, Verdict.INCONCLUSIVE)


@pytest.mark.parametrize("wrong", ["return numbers", "return tuple(map(work, numbers))"])
def test_a_speedup_counts_only_for_the_right_result_of_the_right_type(tiny_course, wrong):
    check = tiny_course(SHORT, seconds=30).only_check(PROGRAM.replace("BODY", wrong))
    assert check.verdict is Verdict.FAILED
    assert check.feedback is not None
    assert check.feedback.cause == "A speedup counts only for the right result."


def test_a_program_that_raises_is_told_so_and_not_measured(tiny_course):
    check = tiny_course(SHORT, seconds=30).only_check(PROGRAM.replace("BODY", "raise ValueError('no pan')"))
    assert check.verdict is Verdict.FAILED
    assert check.feedback is not None
    assert "raised ValueError: no pan" in check.feedback.happened


@pytest.mark.slow
def test_the_required_speedup_is_the_courses_unless_the_grader_names_one(tiny_course):
    body = PROGRAM.replace("BODY", SERIAL)
    course = tiny_course(SHORT, required_speedup=1.2)
    found = course.only_check(body).evidence
    assert isinstance(found, SpeedupMeasurement)
    assert found.required == pytest.approx(1.2)
    course.grader.write_text(SHORT.replace("at_least()", "at_least(1.8)"))
    found = course.only_check(body).evidence
    assert isinstance(found, SpeedupMeasurement)
    assert found.required == pytest.approx(1.8)


@pytest.mark.slow
@pytest.mark.usefixtures("fresh_graders")
def test_one_core_shows_no_speedup_and_costs_nothing(tiny_course):
    """Bound to one core, as a container may be: no points given or taken."""
    import os

    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("cannot bind processes to cores here")
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        report = tiny_course(SHORT, seconds=30).grade(PROGRAM.replace("BODY", POOL))
    finally:
        os.sched_setaffinity(0, cores)
    (check,) = report.checks
    assert (check.verdict, check.earned) == (Verdict.INCONCLUSIVE, 0)
    assert (report.gradable, report.machine.cores) == (0, 1)
    assert check.feedback is not None
    assert "only one core is usable" in check.feedback.happened


def test_an_argument_that_is_a_function_makes_the_same_fresh_input_for_both_in_each_round():
    def make(random, size):
        return [random.random(), size]

    ours, theirs = (_Inputs((7, make), {"more": make}, seed) for seed in (5, 5))
    for number in (-1, 0, 1):
        assert ours.of_round(number, 1.0) == theirs.of_round(number, 1.0)
    rounds = [ours.of_round(number, 2.0)[0] for number in range(3)]
    assert [fixed for fixed, _ in rounds] == [7, 7, 7]
    assert len({fresh[0] for _, fresh in rounds}) == 3
    assert ours.of_round(0, 2.0)[1]["more"][1] == 2.0
    assert ours.have_a_size
    assert not _Inputs((7,), {}, 5).have_a_size


@pytest.mark.parametrize(("value", "messages"), [([1, 2], 1), ({1, 2}, 0)], ids=["plain", "not plain"])
def test_the_serial_run_makes_a_message_of_its_value_as_a_submission_has_to(monkeypatch, value, messages):
    made: list[str] = []
    dumps = json.dumps
    monkeypatch.setattr("json.dumps", lambda *args: made.append(text := dumps(*args)) or text)
    inputs = _Inputs((), {}, 5)
    contest = _Contest(SimpleNamespace(), lambda: value, inputs, inputs)
    assert contest._serial_call(0)() == value
    assert len(made) == messages


TINY = '''
import pytest

def serial(numbers):
    return [sum(range(number)) for number in numbers]

@pytest.mark.check(points=3, kind="speedup")
def test_it(speedup):
    """Little work is not slowed down"""
    speedup.of("total", [3, 4]).over(serial, [3, 4]).not_slower(by=2.0)
'''


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "verdict"), [(SERIAL, Verdict.PASSED), (POOL, Verdict.FAILED), ("return 7", Verdict.FAILED)]
)
def test_tiny_input_must_not_be_slowed_down_by_processes(tiny_course, body, verdict):
    check = tiny_course(TINY, seconds=30).only_check(PROGRAM.replace("BODY", body))
    assert check.verdict is verdict, check.feedback


@pytest.mark.slow
@two_cores
def test_a_curve_is_evidence_with_a_point_for_each_number_of_workers(tiny_course):
    grader = GRADER.replace(".at_least()", ".curve('workers').at_least()").replace("4_000_000", "1_000_000")
    source = PROGRAM.replace("total(numbers)", "total(numbers, workers=2)").replace(
        "BODY", POOL.replace("Pool(2)", "Pool(workers)")
    )
    check = tiny_course(grader, seconds=60).only_check(source)
    assert isinstance(check.evidence, SpeedupMeasurement)
    if check.verdict is not Verdict.FAILED:
        assert [point.workers for point in check.evidence.curve][:2] == [1, 2]


@two_cores
def test_no_curve_is_drawn_for_who_wants_none(tiny_course):
    # Of a grader that asks for one with a parameter that the function lacks: drawing it would raise.
    grader = GRADER.replace(".at_least()", ".curve('no_such_parameter').at_least()")
    source = PROGRAM.replace("BODY", POOL)
    check = tiny_course(grader, seconds=30).only_check(source, curves=False)
    assert isinstance(check.evidence, SpeedupMeasurement), check.feedback
    assert check.evidence.curve == []
