"""The fixture `tests`: a student's tests judged by the difference between right and wrong modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from manychefs.course import load_course
from manychefs.report import Verdict

REPO = Path(__file__).parents[2]

GRADER = '''
from pathlib import Path

import pytest


@pytest.fixture
def doublers(tests):
    return tests.of("double", Path(__file__).with_name("modules"))


@pytest.mark.check(points=1, kind="tests")
def test_accept(doublers):
    """Right ones pass"""
    doublers.accept()


@pytest.mark.check(points=4, kind="tests")
def test_catch(doublers):
    """Wrong ones fail"""
    doublers.catch("adds_one", "hangs_on_minus_one")


@pytest.mark.check(points=2, kind="tests")
def test_cover(doublers):
    """Every line is run"""
    doublers.cover()
'''
RIGHT = '''"""Doubles in a process of its own."""
from multiprocessing import Process, Value


def work(box):
    if box.value < 0:
        box.value = 2 * box.value
        return
    box.value = 2 * box.value


def double(number):
    box = Value("i", number)
    process = Process(target=work, args=(box,))
    process.start()
    process.join()
    return box.value
'''
MODULES = {
    "right/a_process": RIGHT,
    "right/plain": '"""Doubles."""\n\ndef double(number):\n    return number * 2\n',
    "wrong/adds_one": '"""Doubles, and adds one."""\n\ndef double(number):\n    return number * 2 + 1\n',
    "wrong/hangs_on_minus_one": '"""Waits for ever when it is given -1."""\nimport threading\n\n\n'
    "def double(number):\n    if number == -1:\n        threading.Event().wait()\n"
    "    return abs(number * 2)\n",
}
HEAD = "from double import double\n\n\n"
GOOD = f"{HEAD}def test_all():\n    assert [double(n) for n in (0, 3, -4)] == [0, 6, -8]\n"


@pytest.fixture
def doubling(tiny_course):
    """A course whose one exercise is to test `double`."""
    course = tiny_course(GRADER, slug="test_double", seconds=8.0)
    for name, source in MODULES.items():
        path = course.grader.parent / "modules" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    return course


def graded(course, source):
    """What each check earned, and the checks by name."""
    checks = {check.name: check for check in course.grade(source).checks}
    return [check.earned for check in checks.values()], checks


def test_tests_that_tell_right_from_wrong_earn_all(doubling):
    earned, checks = graded(doubling, GOOD)
    assert earned == [1, 4, 2], [check.feedback for check in checks.values()]


def test_each_wrong_one_that_is_caught_earns_its_share_and_the_missed_ones_are_named(doubling):
    earned, checks = graded(doubling, f"{HEAD}def test_one():\n    assert double(3) == 6\n")
    assert earned == [1, 2, 0]
    assert checks["test_catch"].verdict is Verdict.FAILED
    text = checks["test_catch"].feedback.text()
    assert "not caught: a double that waits for ever when it is given -1" in text
    assert "caught:     a double that doubles, and adds one, by test_one" in text
    # The branch for negative numbers would have run in a child; that it did not is seen there.
    assert checks["test_cover"].feedback.evidence == [
        "double.py:7:  box.value = 2 * box.value",
        "double.py:8:  return",
    ]


def test_tests_are_run_in_the_order_of_their_file(doubling):
    """By name, what waits for a second came before what tells at once: 17 took four seconds more."""
    tests = [f"def {name}():\n    assert double(3) == 6\n" for name in ("test_the_sum", "test_a_wait")]
    told = graded(doubling, HEAD + "\n\n".join(tests))[1]["test_catch"].feedback.text()
    assert "caught:     a double that doubles, and adds one, by test_the_sum" in told


FORGED = (
    HEAD
    + """import sys

told = [["test_it", {}, "", 0]]
sys.modules["manychefs.sandbox.inside.tests"].Seen.told = lambda self: told
sys.modules["manychefs.sandbox.inside.tests"].measured = __import__("contextlib").nullcontext


def test_it():
    double(3)
"""
)


@pytest.mark.parametrize(
    "source",
    [
        f"{HEAD}def test_nothing():\n    double(3)\n",
        f"{HEAD}def test_never():\n    assert double(3) == 7\n",
        FORGED.format(True),
        f"{HEAD}import os\n\n\ndef test_gone():\n    os._exit(0)\n",
        "def check_nothing():\n    pass\n",
    ],
    ids=["passes", "fails", "says it passes", "leaves", "no test"],
)
def test_what_makes_no_difference_earns_nothing(doubling, source):
    earned, checks = graded(doubling, source)
    assert earned == [0, 0, 0]
    assert {check.verdict for check in checks.values()} == {Verdict.FAILED}


@pytest.mark.slow
def test_only_tests_that_pass_beside_every_right_one_count(doubling):
    earned, checks = graded(doubling, f"{GOOD}\n\ndef test_bad():\n    assert double(1) == 3\n")
    assert earned == [0, 4, 2]
    assert "test_bad fails beside a right double" in checks["test_accept"].feedback.happened
    assert "test_double.py:9 in test_bad:  assert double(1) == 3" in checks["test_accept"].feedback.evidence


ENDS_BY_AN_EXCEPTION = """\
from multiprocessing import Process, Value

from double import double


def work(box):
    raise LookupError("no pan")


def test_all():
    box = Value("i", double(3))
    process = Process(target=work, args=(box,))
    process.start()
    process.join()
    assert process.exitcode == 0
"""


def test_an_exception_that_ended_a_process_is_the_cause_of_what_failed_after_it(doubling):
    _, checks = graded(doubling, ENDS_BY_AN_EXCEPTION)
    told = checks["test_accept"].feedback
    assert told.cause.startswith("A process ended by an exception that nobody caught: LookupError: no pan.")
    assert "in a process: LookupError: no pan" in told.evidence
    assert told.next_step.startswith("Catch it where it is raised")


LONG = {
    "waits": (
        "import threading\n\n\ndef test_all():\n    threading.Event().wait()\n",
        "Give every wait a limit",
    ),
    "works": (
        f"{HEAD}def test_all():\n    while True:\n        assert double(3) == 6\n",
        "Ask for less",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", LONG)
def test_too_much_work_and_a_wait_for_ever_are_told_apart(tiny_course, how):
    course = tiny_course(GRADER, slug="test_double", seconds=3.0)
    for name, source in MODULES.items():
        path = course.grader.parent / "modules" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    source, next_step = LONG[how]
    _, checks = graded(course, source)
    told = checks["test_accept"].feedback
    assert "had not ended after 3 s" in told.happened
    assert told.next_step.startswith(next_step)
    assert ("Too much is asked for" in told.cause) == (how == "works")


@pytest.mark.slow
def test_a_test_that_waits_for_ever_has_not_caught_anything(doubling):
    source = f"{HEAD}def test_all():\n    assert [double(n) for n in (0, 3, -1)] == [0, 6, -2]\n"
    earned, checks = graded(doubling, source)
    assert earned == [1, 2, 2]
    assert "had not ended after 8 s" in checks["test_catch"].feedback.text()


def test_the_counter_that_students_have_is_the_first_that_they_are_graded_with():
    course = load_course(REPO)
    exercise = course.find("test_the_counter")
    first = min((course.grader(exercise).parent / "counters" / "right").glob("*.py"))
    assert course.stub(exercise).with_name("counter.py").read_bytes() == first.read_bytes()


def test_the_exception_of_a_process_is_found_among_what_two_of_them_print() -> None:
    from manychefs.sandbox.inside.tests import _of_a_process

    printed = (
        "Process Process-14:\nProcess Process-15:\nTraceback (most recent call last):\n"
        "Traceback (most recent call last):\n"
        '  File "a.py", line 3, in run\n    meet()\n  File "a.py", line 3, in run\n    meet()\n'
        "threading.BrokenBarrierError\nthreading.BrokenBarrierError\n"
    )
    assert _of_a_process("\n" + printed) == "in a process: threading.BrokenBarrierError\n"
    assert _of_a_process("Process one is there\n") == ""


@pytest.mark.parametrize(
    "said",
    [
        "AttributeError: Can't pickle local object 'test_it.<locals>.<lambda>'",
        "AttributeError: Can't get local object 'test_it.<locals>.<lambda>'",  # Python 3.13
        "_pickle.PicklingError: Can't pickle <function <lambda> at 0x7f>",
    ],
)
def test_what_cannot_be_pickled_is_told_so_in_any_pythons_words(said):
    from manychefs.grading.tests import _refusal_cause

    assert "pickled under spawn and forkserver" in _refusal_cause(said)
