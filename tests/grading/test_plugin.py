"""What a grader's author may rely on: the marker, the docstring, the fixtures, plain pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from manychefs.errors import ChefsError
from manychefs.report import Verdict

FINE = "def answer():\n    return 42\n"


def a_check(body: str, marker: str = "points=2", doc: str = "It is right", fixtures: str = "student") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return (
        f'import pytest\n\n@pytest.mark.check({marker})\ndef test_it({fixtures}):\n    """{doc}"""\n{lines}'
    )


def plain_pytest(*options: str) -> subprocess.CompletedProcess[str]:
    """pytest as a grader's author runs it, found by nothing but its entry point."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
        capture_output=True,
        text=True,
        timeout=60,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        cwd=Path(__file__).parent.parent,
    )


# -- what a check earns -----------------------------------------------------------------------


def test_a_check_that_holds_passes_and_earns_its_points(tiny_course):
    check = tiny_course(a_check("assert student.answer() == 42")).only_check(FINE)
    assert (check.verdict, check.earned, check.points) == (Verdict.PASSED, 2.0, 2.0)
    assert (check.name, check.title, check.kind) == ("test_it", "It is right", "correctness")
    assert check.feedback is None
    assert check.start_method == ""


def test_a_title_is_shown_and_not_obeyed(tiny_course):
    title = r"It \x1b[2J\x1b[32m passes"  # as the escapes of a docstring, which Python obeys
    check = tiny_course(a_check("assert student.answer() == 42", doc=title)).only_check(FINE)
    assert check.title == title


def test_a_check_that_does_not_hold_fails_and_earns_nothing(tiny_course):
    check = tiny_course(a_check("assert student.answer() == 43")).only_check(FINE)
    assert (check.verdict, check.earned) == (Verdict.FAILED, 0.0)
    assert check.feedback is not None
    assert check.feedback.happened == "answer() returned 42 under fork."
    assert "expected: 43; it was 42" in check.feedback.evidence


@pytest.mark.parametrize(
    ("asserted", "told"),
    [
        ("at_once >= 50", "at once >= 50; it was 42"),
        ("at_once < 0.5", "at once < 0.5; it was 42"),
        ("at_once == 6", "at once == 6; it was 42"),
        ("student.answer() > 50", "> 50; it was 42"),
        ("1 < at_once < 3", "42 < 3"),
        ("not at_once", "not 42"),
        ("str(at_once) == ' == '", "'42' == ' == '"),
    ],
)
def test_a_number_is_told_by_the_name_that_the_grader_gave_to_it(tiny_course, asserted, told):
    """Of two numbers and a sign nobody can see which is which, nor what they are of."""
    check = tiny_course(a_check(f"at_once = student.answer()\nassert {asserted}")).only_check(FINE)
    assert check.feedback is not None
    assert check.feedback.evidence[0] == f"expected: {told}"


def test_the_message_of_an_assert_is_cause_and_next_step(tiny_course):
    because = "because you cannot count\\nNext: learn it."
    check = tiny_course(a_check(f"assert student.answer() == 43, '{because}'")).only_check(FINE)
    assert check.feedback is not None
    assert check.feedback.cause == "Because you cannot count"
    assert check.feedback.next_step == "learn it."[:1].upper() + "earn it."


@pytest.mark.parametrize(
    "said", ["assert False, value", "raise CheckFailed(Feedback(happened=value, evidence=[value]))"]
)
def test_what_a_program_returned_is_harmless_in_a_checks_own_words(tiny_course, said):
    imports = "from manychefs.grading.outcome import CheckFailed\nfrom manychefs.report import Feedback\n"
    grader = a_check(f"value = student.answer()\n{said}")
    source = 'def answer():\n    return "\\x1b[2J\\n::error title=x::forged\\n##[error]forged"\n'
    check = tiny_course(imports + grader).only_check(source)
    assert check.feedback is not None
    told = " ".join(check.feedback.text().split())
    assert "\\x1b[2J \\x3a:error title=x::forged \\x23#[error]forged" in told
    assert "\x1b" not in told


DOC = """It is right

    Cause: the sum is
    taken twice.
    Next: take it once.

    Further words.
    """


def test_the_docstring_gives_cause_and_next_step_where_the_assert_has_none(tiny_course):
    check = tiny_course(a_check("assert student.answer() == 43", doc=DOC)).only_check(FINE)
    assert check.title == "It is right"
    assert check.feedback is not None
    assert check.feedback.cause == "the sum is taken twice."
    assert check.feedback.next_step == "take it once."


def test_what_the_assert_says_goes_before_the_docstring(tiny_course):
    grader = a_check("assert student.answer() == 43, 'Said here.'", doc=DOC)
    feedback = tiny_course(grader).only_check(FINE).feedback
    assert feedback is not None
    assert (feedback.cause, feedback.next_step) == ("Said here.", "take it once.")


def test_what_the_program_printed_is_kept_with_a_failure(tiny_course):
    source = "def answer():\n    print('counting', '\\x1b[2J')\n    return 1\n"
    check = tiny_course(a_check("assert student.answer() == 43")).only_check(source)
    assert check.printed == "counting \\x1b[2J\n"


def test_a_mistake_in_the_graders_own_code_is_an_error_and_not_the_students(tiny_course):
    check = tiny_course(a_check("student.answer()\nraise KeyError('oops')")).only_check(FINE)
    assert check.verdict is Verdict.ERROR
    assert check.feedback is not None
    assert "KeyError: 'oops'" in check.feedback.text()


def test_an_assert_in_a_helper_that_called_no_student_is_a_failure_all_the_same(tiny_course):
    assert tiny_course(a_check("assert 1 == 2")).only_check(FINE).verdict is Verdict.FAILED


# -- the marker -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marker", "doc", "words"),
    [
        ("points=0", "Title", "points=N above 0"),
        ("points='2'", "Title", "points=N above 0"),
        ("points=1, kind='race'", "Title", "needs a kind of"),
        ("points=1, weight=2", "Title", "weight"),
        ("1", "Title", "knows points, kind, start_methods and alone"),
        ("points=1, alone=1", "Title", "needs alone=True or False, not 1"),
        ("points=1", " \\n ", "needs a docstring"),
    ],
)
def test_a_marker_that_is_wrong_is_refused_with_what_is_wrong(tiny_course, marker, doc, words):
    course = tiny_course(a_check("pass", marker=marker, doc=doc))
    result = plain_pytest(str(course.grader), "--collect-only")
    assert result.returncode == 4
    assert words in result.stdout + result.stderr


def test_a_marker_that_is_wrong_is_refused_by_the_supervisor_too(tiny_course):
    with pytest.raises(ChefsError) as refused:
        tiny_course(a_check("pass", marker="points=0")).grade(FINE)
    assert "points=N above 0" in refused.value.feedback.text()


@pytest.mark.parametrize("mistyped", ["['forks']", "'firsts'"])
def test_a_start_method_that_is_mistyped_is_refused(tiny_course, mistyped):
    """Or the check would quietly grade nothing."""
    course = tiny_course(a_check("pass", marker=f"points=1, start_methods={mistyped}"))
    with pytest.raises(ChefsError):
        course.grade(FINE)


# -- start methods ----------------------------------------------------------------------------

ALL = ("fork", "spawn", "forkserver")
SAYS = """
import multiprocessing
def answer():
    return multiprocessing.get_start_method()
"""
LOGGED = """import pathlib
with pathlib.Path(__file__).with_name('log').open('a') as log:
    log.write(student.answer() + ' ')"""


def test_a_check_is_tried_under_each_start_method(tiny_course):
    course = tiny_course(a_check(LOGGED), start_methods=ALL)
    assert course.only_check(SAYS).verdict is Verdict.PASSED
    assert course.grader.with_name("log").read_text().split() == list(ALL)


@pytest.mark.parametrize("bad", ALL)
def test_the_start_method_under_which_it_failed_is_named(tiny_course, bad):
    check = tiny_course(a_check(f"assert student.answer() != '{bad}'"), start_methods=ALL).only_check(SAYS)
    assert (check.verdict, check.start_method) == (Verdict.FAILED, bad)
    assert check.feedback is not None
    assert f"under {bad}" in check.feedback.happened


def test_a_check_may_ask_for_some_start_methods_only(tiny_course):
    course = tiny_course(
        a_check(LOGGED, marker="points=1, start_methods=['spawn', 'fork']"), start_methods=ALL
    )
    course.grade(SAYS)
    assert course.grader.with_name("log").read_text().split() == ["fork", "spawn"]


def test_a_speedup_check_is_tried_under_the_first_method_only(tiny_course):
    course = tiny_course(a_check(LOGGED, marker="points=1, kind='speedup'"), start_methods=ALL)
    course.grade(SAYS)
    assert course.grader.with_name("log").read_text().split() == ["fork"]


def test_a_speedup_check_may_ask_for_a_start_method_as_others_may(tiny_course):
    marker = "points=1, kind='speedup', start_methods=['spawn', 'forkserver']"
    course = tiny_course(a_check(LOGGED, marker=marker), start_methods=ALL)
    course.grade(SAYS)
    assert course.grader.with_name("log").read_text().split() == ["spawn"]


def test_a_check_that_has_nothing_to_do_with_the_start_method_is_tried_under_the_first(tiny_course):
    course = tiny_course(a_check(LOGGED, marker="points=1, start_methods='first'"), start_methods=ALL)
    course.grade(SAYS)
    course.grade(SAYS, methods=["spawn"])
    assert course.grader.with_name("log").read_text().split() == ["fork", "spawn"]


CASES = """import pathlib
with pathlib.Path(__file__).with_name('log').open('a') as log:
    for number in student.cases(1, 2, 3):
        log.write(f'{student.answer()}{number} ')"""


@pytest.mark.parametrize(
    ("only", "tried"),
    [
        ("", "fork1 fork2 fork3 spawn1 forkserver1"),
        (", start_methods=['forkserver', 'spawn']", "spawn1 spawn2 spawn3 forkserver1"),
    ],
)
def test_all_cases_are_tried_under_a_checks_first_method_and_one_under_the_others(tiny_course, only, tried):
    course = tiny_course(a_check(CASES, marker=f"points=1{only}"), start_methods=ALL)
    assert course.only_check(SAYS).verdict is Verdict.PASSED
    assert course.grader.with_name("log").read_text().strip() == tried


def test_a_check_whose_method_is_not_there_is_inconclusive(tiny_course):
    course = tiny_course(a_check("pass", marker="points=1, start_methods=['spawn']"))
    check = course.only_check(FINE)
    assert (check.verdict, check.earned) == (Verdict.INCONCLUSIVE, 0.0)


def test_only_the_methods_asked_for_are_tried(tiny_course):
    course = tiny_course(a_check(LOGGED), start_methods=ALL)
    course.grade(SAYS, methods=["spawn"])
    assert course.grader.with_name("log").read_text().split() == ["spawn"]


# -- hosts ------------------------------------------------------------------------------------

RUNNING = """from manychefs.grading.outcome import CheckFailed
try:
    student.answer()
except CheckFailed:
    pass
running = [name for name, host in student._bench._hosts.items() if host.pid]
raise AssertionError(f"Running: {' '.join(running)}.")"""


@pytest.mark.parametrize(
    ("source", "running"),
    [
        (FINE, "fork spawn forkserver"),
        ("def answer():\n    raise NotImplementedError('task 1')\n", "fork"),
        ("def answer()\n", ""),
    ],
    ids=["works", "stub", "no Python"],
)
def test_further_hosts_start_when_a_call_has_given_a_value(tiny_course, source, running):
    """Where no check gets to them, their start would be most of what a student waits for."""
    check = tiny_course(a_check(RUNNING), start_methods=ALL).only_check(source)
    assert check.feedback is not None
    assert check.feedback.cause == f"Running: {running}."


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no cores are bound to here")
def test_a_host_that_starts_within_a_check_is_bound_to_its_cores(tiny_course):
    """A call that ends badly takes its host along, and the next one starts between others' measurements."""
    body = """import os
from manychefs.grading.outcome import CheckFailed
from manychefs.speedup import lease
lease._bound = {max(os.sched_getaffinity(0))}
try:
    student.leave()
except CheckFailed:
    pass
assert student.cores() == sorted(lease._bound)"""
    source = """
import os
def leave():
    os._exit(1)
def cores():
    return sorted(os.sched_getaffinity(0))
"""
    check = tiny_course(a_check(body)).only_check(source)
    assert check.verdict is Verdict.PASSED, check.feedback


# -- what the fixtures give -------------------------------------------------------------------


def test_a_run_shows_what_was_seen_from_outside(tiny_course):
    body = """run = student.run('answer')
assert run.value == 42
assert run.printed == 'hello\\\\n'
assert run.start_method == student.start_method == 'fork'
assert run.seconds > 0
assert run.processes == 0
run.left_nothing_behind()"""
    source = "def answer():\n    print('hello')\n    return 42\n"
    assert tiny_course(a_check(body.replace("\\\\", "\\"))).only_check(source).verdict is Verdict.PASSED


def test_what_is_left_behind_fails_with_what_it_was(tiny_course):
    source = """
import time
from multiprocessing import Process
def answer():
    Process(target=time.sleep, args=(600,)).start()
    return 42
"""
    check = tiny_course(a_check("student.run('answer').left_nothing_behind()", "points=1, kind='cleanup'"))
    found = check.only_check(source)
    assert found.verdict is Verdict.FAILED
    assert found.feedback is not None
    assert "process still there: a running process" in found.feedback.evidence
    assert found.evidence is not None
    assert found.evidence.processes == ["a running process"]


RAISES = "def answer():\n    raise ValueError('burnt')\n"


def test_a_call_that_has_to_raise_gives_what_it_raised(tiny_course):
    body = """run = student.raising('answer')
assert run.value == 'ValueError: burnt'
run.left_nothing_behind()"""
    assert tiny_course(a_check(body)).only_check(RAISES).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (FINE, "answer() returned 42 under fork, though it had to raise"),
        ("def answer():\n    raise NotImplementedError('task 1: do it')\n", "not written yet: task 1: do it"),
        ("def answer():\n    raise SystemExit\n", "left by SystemExit"),
        ("def other():\n    pass\n", "no function called answer"),
    ],
)
def test_a_call_that_has_to_raise_fails_if_it_does_anything_else(tiny_course, source, words):
    check = tiny_course(a_check("student.raising('answer')")).only_check(source)
    assert check.verdict is Verdict.FAILED
    assert check.feedback is not None
    assert words in check.feedback.happened


def test_bytes_that_the_system_does_not_count_are_inconclusive(tiny_course):
    body = """import dataclasses
run = student.run('answer')
dataclasses.replace(run, written=None).bytes_written"""
    check = tiny_course(a_check(body)).only_check(FINE)
    assert (check.verdict, check.earned) == (Verdict.INCONCLUSIVE, 0.0)


def test_a_hidden_name_can_be_called_and_a_dunder_cannot(tiny_course):
    source = "def _own():\n    return 1\n"
    assert tiny_course(a_check("assert student._own() == 1")).only_check(source).verdict is Verdict.PASSED


def test_student_code_never_enters_the_grader(tiny_course):
    body = "student.answer()\nimport sys\nassert 'tally' not in sys.modules"
    source = "import sys\nsys.modules['grader_was_here'] = sys\ndef answer():\n    return 42\n"
    assert tiny_course(a_check(body)).only_check(source).verdict is Verdict.PASSED


# -- plain pytest -----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_grader_is_plain_pytest(tiny_course):
    course = tiny_course(a_check("assert student.answer() == 42"))
    good = plain_pytest(str(course.grader.parent), "--submission", str(course.submit(FINE)))
    assert good.returncode == 0, good.stdout
    assert "1 passed" in good.stdout
    bad = plain_pytest(
        str(course.grader.parent), "--submission", str(course.submit("def answer():\n    return 1\n"))
    )
    assert bad.returncode == 1
    for words in ("What happened:  answer() returned 1 under fork.", "It is right", "1 failed"):
        assert words in bad.stdout


def test_without_a_submission_the_stub_is_graded(tiny_course):
    course = tiny_course(a_check("assert student.answer() == 42"))
    result = plain_pytest(str(course.grader))
    assert result.returncode == 1
    assert "answer is not written yet: task 1" in result.stdout


def test_a_submission_that_cannot_be_taken_in_is_no_traceback(tiny_course):
    course = tiny_course(a_check("assert student.answer() == 42"))
    result = plain_pytest(str(course.grader), "--submission", str(course.root / "nowhere.py"))
    assert result.returncode == 1
    assert "There is no file" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_in_a_run_without_checks_the_plugin_does_nothing(tmp_path):
    (tmp_path / "test_other.py").write_text("def test_other():\n    assert True\n")
    result = plain_pytest("-W", "error", str(tmp_path))
    assert result.returncode == 0
    assert "1 passed" in result.stdout
    assert "submission" not in result.stdout
    assert not list(tmp_path.glob("manychefs-*"))


def test_a_fixture_of_the_kit_in_a_plain_test_says_what_is_missing(tmp_path):
    (tmp_path / "test_other.py").write_text("def test_other(student):\n    pass\n")
    result = plain_pytest(str(tmp_path))
    assert result.returncode == 1
    assert "are for tests marked with @pytest.mark.check" in result.stdout


def test_a_check_outside_of_a_course_is_a_usage_error(tmp_path, monkeypatch):
    monkeypatch.delenv("MANYCHEFS_COURSE", raising=False)
    (tmp_path / "test_lost.py").write_text(a_check("pass"))
    result = plain_pytest(str(tmp_path))
    assert result.returncode == 4
    assert "No course was found here" in result.stdout + result.stderr
