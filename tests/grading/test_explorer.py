"""`races` checks find an update that is lost, say how often what came out, and can be repeated."""

from __future__ import annotations

import textwrap

import pytest

from manychefs.grading.explorer import can_steer
from manychefs.report import Interleaving, Outcomes, StudentTraceback, Verdict

EXPLORE = '''
import pytest

@pytest.mark.check(points=1, kind="races")
def test_it(interleavings):
    """No update is lost"""
    interleavings.explore("count", processes=2, increments=3).always(
        6, because=lambda value: f"only {value}\\nNext: lock it."
    )
'''

COUNTER = """
from multiprocessing import Process, Value

def work(tally, increments):
    for _ in range(increments):
        LINES

def count(processes, increments):
    tally = Value('i', 0)
    chefs = [Process(target=work, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally.value
"""
UNLOCKED = COUNTER.replace("LINES", "tally.value += 1")
LOCKED = COUNTER.replace("LINES", "with tally.get_lock(): tally.value += 1")


def test_an_unlocked_counter_is_found_with_what_came_out(tiny_course):
    check = tiny_course(EXPLORE, repeats={"fork": 20}).only_check(UNLOCKED)
    assert check.verdict is Verdict.FAILED
    assert isinstance(check.evidence, Outcomes)
    (wrong,) = [result for result, _ in check.evidence.counts if result != "6"]
    assert 2 <= int(wrong) < 6
    assert check.evidence.expected == "6"
    assert check.evidence.runs == sum(times for _, times in check.evidence.counts) <= 20
    assert check.feedback is not None
    assert check.feedback.happened.startswith(
        f"count(processes=2, increments=3) returned {wrong}, not 6, in run {check.evidence.runs} of 20"
    )
    assert (check.feedback.cause, check.feedback.next_step) == (f"Only {wrong}", "Lock it.")


@pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")
@pytest.mark.parametrize(("sought", "steered"), [("", True), ("test_it", True), ("test_other", False)])
def test_orders_of_steps_are_explored_only_by_the_check_that_is_sought(tiny_course, sought, steered):
    check = tiny_course(EXPLORE, repeats={"fork": 20}, schedules=20).only_check(UNLOCKED, sought=sought)
    assert check.verdict is Verdict.FAILED
    assert isinstance(check.evidence, Interleaving if steered else Outcomes)


def test_a_locked_counter_passes_every_run(tiny_course):
    assert tiny_course(EXPLORE, repeats={"fork": 8}).only_check(LOCKED).verdict is Verdict.PASSED


def test_a_run_that_raises_or_hangs_says_in_which_run_it_did(tiny_course):
    source = "def count(processes, increments):\n    raise LookupError('no pan')\n"
    feedback = tiny_course(EXPLORE, repeats={"fork": 3}).only_check(source).feedback
    assert feedback is not None
    assert "raised LookupError: no pan" in feedback.happened
    assert feedback.evidence[0] == "in run 1 of 3 with random pauses; results of 1 run: LookupError (1x)"


RUNS = textwrap.dedent('''
    import pytest

    @pytest.mark.check(points=1, kind="races")
    def test_it(interleavings, request, student):
        """Seeds"""
        with open(f"{__file__}.log", "a") as log:
            interleavings.explore("seed").always_true(
                lambda value: bool(log.write(f"{student.start_method}:{value} ")), "nothing"
            )
''')
SEED = "import os\ndef seed():\n    return os.environ.get('MANYCHEFS_DELAYS')\n"


def seeds(course, **options) -> list[str]:
    log = course.grader.with_name("test_tally.py.log")
    log.unlink(missing_ok=True)
    assert course.only_check(SEED, **options).verdict is Verdict.PASSED
    return log.read_text().split()


@pytest.mark.slow
def test_each_run_has_a_seed_of_its_own_and_a_request_can_be_repeated(tiny_course):
    course = tiny_course(RUNS, repeats={"fork": 4})
    first = seeds(course)
    assert len(set(first)) == 4
    assert seeds(course) == first
    assert not set(seeds(course, seed=1)) & set(first)


def test_as_many_runs_are_made_as_the_course_says_for_each_method(tiny_course):
    course = tiny_course(RUNS, start_methods=("fork", "spawn"), repeats={"fork": 3, "spawn": 2})
    made = [each.partition(":")[0] for each in seeds(course)]
    assert made == ["fork"] * 3 + ["spawn"] * 2


def test_the_first_method_gets_most_runs_even_where_the_course_lists_another(tiny_course):
    course = tiny_course(RUNS, start_methods=("fork", "spawn"), repeats={"fork": 3})
    assert len(seeds(course, methods=["spawn"])) == 3


@pytest.mark.slow
def test_what_each_run_leaves_does_not_use_up_the_time_of_the_check(tiny_course):
    """Nine times the second that a leftover gets to end by itself is more than the check may take."""
    source = """
import time
from multiprocessing import Process

def count(processes, increments):
    Process(target=time.sleep, args=(600,)).start()
    return processes * increments
"""
    check = tiny_course(EXPLORE, seconds=2.0, repeats={"fork": 9}).only_check(source)
    assert check.verdict is Verdict.PASSED


# -- steered ----------------------------------------------------------------------------------

steered = pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")

ABBA = """
from multiprocessing import Lock, Process

def work(first, second):
    with first:
        with second:
            pass

def count(processes, increments):
    one, other = Lock(), Lock()
    chefs = [Process(target=work, args=pair) for pair in ((one, other), (other, one))]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return 6
"""


@steered
def test_a_lost_update_is_shown_step_by_step(tiny_course):
    check = tiny_course(EXPLORE, schedules=60, repeats={"fork": 1}).only_check(UNLOCKED)
    assert check.verdict is Verdict.FAILED
    order = check.evidence
    assert isinstance(order, Interleaving)
    assert order.finding == "wrong-result"
    assert (order.allowed, order.replays, order.preemptions) == (["6"], 2, 1)
    decisive = [step.action.split()[0] for step in order.steps if step.decisive]
    assert decisive[0] == "reads"
    assert decisive[-1] == "writes"
    assert check.feedback is not None
    assert f"not 6, in schedule {order.schedule} of those explored" in check.feedback.happened
    assert check.feedback.next_step == "Lock it."


@steered
def test_what_is_wrong_in_every_order_is_told_as_no_race(tiny_course):
    source = LOCKED.replace("+= 1", "+= 0")
    check = tiny_course(EXPLORE, schedules=60, repeats={"fork": 1}).only_check(source)
    assert check.verdict is Verdict.FAILED
    assert isinstance(check.evidence, Outcomes)
    told = check.feedback
    assert told is not None
    assert "returned 0, not 6, in every order tried" in told.happened
    assert told.cause.startswith("No race: ")
    assert told.evidence[0] == "expected: 6"
    assert f"wrong in every order tried: {check.evidence.runs} of {check.evidence.runs}" in told.evidence[1]
    assert told.evidence[2] == f"got: returned 0 ({check.evidence.runs}x)"
    assert told.next_step == "Lock it."  # a function gives it, for the value that came out


@steered
def test_an_exception_in_every_order_is_shown_by_its_lines_alone(tiny_course):
    source = LOCKED.replace("    return tally.value", "    return tally.walue")
    check = tiny_course(EXPLORE, schedules=60, repeats={"fork": 1}).only_check(source)
    assert isinstance(check.evidence, StudentTraceback)
    assert check.feedback is not None
    assert check.feedback.evidence[0].startswith("in every order tried: ")


@steered
def test_a_locked_counter_passes_every_schedule(tiny_course):
    check = tiny_course(EXPLORE, schedules=60, repeats={"fork": 1}).only_check(LOCKED)
    assert check.verdict is Verdict.PASSED


@steered
def test_a_deadlock_that_real_runs_hardly_meet_is_named(tiny_course):
    check = tiny_course(EXPLORE, schedules=60, repeats={"fork": 1}).only_check(ABBA)
    assert check.verdict is Verdict.FAILED
    assert isinstance(check.evidence, Interleaving)
    assert check.evidence.finding == "deadlock"
    assert check.feedback is not None
    assert "in a circle" in check.feedback.cause
    held = [line for line in check.feedback.evidence if "held by" in line]
    assert len(held) == 2
    assert all("since line 5" in line and "at line 6" in line for line in held)


@steered
def test_an_exception_in_one_order_only_is_told_in_the_words_of_every_other(tiny_course):
    source = UNLOCKED.replace("return tally.value", "return 6 if tally.value == 6 else [][tally.value]")
    check = tiny_course(EXPLORE, schedules=60, repeats={"fork": 1}).only_check(source)
    assert check.feedback is not None
    assert "raised IndexError: list index out of range" in check.feedback.happened
    assert isinstance(check.evidence, Interleaving)
    assert any("tally.value == 6 else" in line for line in check.feedback.evidence)


def test_what_cannot_be_explored_is_left_to_the_real_runs(tiny_course):
    check = tiny_course(EXPLORE, schedules=60, repeats={"fork": 1}).only_check("def count(processes:\n")
    assert check.verdict is Verdict.FAILED
    assert check.feedback is not None
    assert "not valid Python" in check.feedback.happened


@pytest.mark.slow
@steered
def test_the_same_seed_finds_the_same_schedule(tiny_course):
    course = tiny_course(EXPLORE, schedules=60, repeats={"fork": 1})
    first, second = (course.only_check(UNLOCKED, seed=5).evidence for _ in range(2))
    assert isinstance(first, Interleaving)
    assert first == second


HOLDS_A_CORE = """
import fcntl, os, pathlib
import pytest
from manychefs.speedup import lease

def looked(value):
    core = min(os.sched_getaffinity(0))
    with open(lease._folder(None) / f"exploring-{core}", "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            how = "free"
        except BlockingIOError:
            how = "held"
    with pathlib.Path(__file__).with_name("looks").open("a") as file:
        file.write(f"{how} {len(os.sched_getaffinity(0))}\\n")
    return True

@pytest.mark.check(points=1, kind="races")
def test_it(interleavings):
    '''No update is lost'''
    interleavings.explore("count", processes=2, increments=1).always_true(looked, "never")
"""


@pytest.mark.skipif(not can_steer(), reason="explores nothing here")
def test_who_explores_holds_the_core_so_that_others_take_another(tiny_course, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # a core that other tests' graders hold would do as well
    monkeypatch.setattr("tempfile.tempdir", None)
    tiny = tiny_course(HOLDS_A_CORE, schedules=3)
    check = tiny.only_check(LOCKED)
    assert check.verdict is Verdict.PASSED, check.feedback
    looks = tiny.grader.with_name("looks").read_text().splitlines()
    assert looks[:3] == ["held 1"] * 3
    assert looks[-1].startswith("free")  # a real run may use all cores
