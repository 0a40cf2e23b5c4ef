"""Report: score, gradable points, verdict, words, JSON there and back, and `clean`."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from manychefs.report import (
    Check,
    Deadlock,
    Evidence,
    Feedback,
    Leftovers,
    Machine,
    Outcomes,
    ProcessState,
    Report,
    SpeedupMeasurement,
    StudentTraceback,
    Verdict,
    clean,
    number,
)

PASSED, FAILED, INCONCLUSIVE, ERROR = Verdict


def check(verdict: Verdict, points: float, earned: float | None = None, **more: Any) -> Check:
    """A check with this verdict; what is earned follows from it unless it is given."""
    if earned is None:
        earned = points if verdict is PASSED else 0.0
    return Check(
        name="test_it", title="It", kind="races", points=points, verdict=verdict, earned=earned, **more
    )


def report(*checks: Check) -> Report:
    return Report(
        student="ada",
        exercise="03_shared_counter",
        title="Five chefs",
        submission="class/ada",
        checks=list(checks),
        machine=Machine(python="3.12.1", platform="Linux", cores=2),
        engine="0.1.0",
        confinement="none",
        started="2030-01-02T03:04:05+00:00",
        seconds=1.25,
    )


# -- points and verdicts ----------------------------------------------------------------------


def test_the_score_is_the_sum_of_what_the_checks_earned() -> None:
    graded = report(check(PASSED, 4), check(FAILED, 3), check(FAILED, 4, earned=1.5))
    assert (graded.score, graded.points, graded.gradable) == (5.5, 11, 11)


def test_what_is_inconclusive_or_an_error_is_not_gradable() -> None:
    graded = report(check(PASSED, 4), check(FAILED, 2), check(INCONCLUSIVE, 3), check(ERROR, 1))
    assert (graded.score, graded.points, graded.gradable) == (4, 10, 6)


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ([PASSED, PASSED], PASSED),
        ([PASSED, INCONCLUSIVE], INCONCLUSIVE),
        ([INCONCLUSIVE, ERROR, PASSED], ERROR),
        ([ERROR, PASSED, FAILED, INCONCLUSIVE], FAILED),
        ([], ERROR),
    ],
)
def test_the_verdict_on_the_whole_is_the_gravest(verdicts: list[Verdict], whole: Verdict) -> None:
    assert report(*(check(verdict, 1) for verdict in verdicts)).verdict is whole


@pytest.mark.parametrize(
    ("checks", "text"),
    [
        ([check(PASSED, 4), check(FAILED, 7)], "4 of 11 points"),
        ([check(PASSED, 2), check(FAILED, 2, earned=0.5)], "2.5 of 4 points"),
        (
            [check(PASSED, 8), check(FAILED, 3), check(INCONCLUSIVE, 2)],
            "8 of 11 gradable points, 2 not gradable on this machine",
        ),
        ([check(ERROR, 5)], "0 of 0 gradable points, 5 not gradable on this machine"),
    ],
)
def test_the_score_in_words_says_what_could_not_be_graded(checks: list[Check], text: str) -> None:
    assert report(*checks).score_text() == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (2.5, "2.5"), (0.0, "0"), (10.0, "10"), (100, "100"), (1 / 3, "0.33"), (0.1 + 0.2, "0.3")],
)
def test_points_are_written_as_people_write_them(value: float, text: str) -> None:
    assert number(value) == text


# -- JSON -------------------------------------------------------------------------------------

TOLD = Feedback(happened="“Lost”\n= 3 < 4", cause="c", evidence=["e1", "e2"], next_step="n")
STUCK = ProcessState(
    name="process 1", pid=7, waits_for="waits for a lock", line=3, source="with lock:", stack=["a"]
)
EVIDENCE: list[Evidence] = [
    Deadlock(seconds=1.5, processes=[STUCK]),
    Outcomes(runs=12, counts=[("4", 10), ("3", 2)], expected="4"),
    SpeedupMeasurement(
        cores=2, required=1.5, rounds=5, serial_seconds=0.2, student_seconds=0.1, speedup=2.0, low=1.9,
        high=2.1, parallelism=1.8, demand=1.9, balance=1.9, inflation=1.1, processes=2,
    ),
    Leftovers(processes=["a running process"], semaphores=["s"], shared_memory=["m"], warnings=["w"]),
    StudentTraceback(error="ValueError: no", frames=["f.py:1: x"]),
]  # fmt: skip


@pytest.mark.parametrize("evidence", EVIDENCE, ids=lambda evidence: type(evidence).__name__)
def test_a_report_comes_back_from_json_as_it_was(evidence: Evidence) -> None:
    graded = report(
        check(PASSED, 2, start_method="", seconds=0.5),
        check(FAILED, 3, 1.5, feedback=TOLD, evidence=evidence, printed="hello\n", start_method="spawn"),
    )
    assert Report.from_json(graded.to_json()) == graded


def test_the_json_has_the_sums_for_other_readers() -> None:
    body = msgspec.json.decode(report(check(PASSED, 2), check(FAILED, 3), check(ERROR, 1)).to_json())
    assert body["score"] == 2
    assert body["points"] == 6
    assert body["gradable"] == 5
    assert body["verdict"] == "failed"
    assert body["schema"] == "manychefs/report/1"


def _broken(**changes: object) -> bytes:
    body = msgspec.json.decode(report(check(PASSED, 2)).to_json()) | changes
    return msgspec.json.encode({key: value for key, value in body.items() if value is not ...})


@pytest.mark.parametrize(
    "data",
    [
        _broken(note="by hand"),
        _broken(student=...),
        _broken(seconds="long"),
        _broken(schema="manychefs/report/2"),
        _broken(checks=[{"name": "test_it"}]),
        _broken(checks=[msgspec.to_builtins(check(PASSED, 2)) | {"verdict": "perfect"}]),
        _broken(checks=[msgspec.to_builtins(check(PASSED, 2)) | {"kind": "style"}]),
        _broken(checks=[msgspec.to_builtins(check(PASSED, 2)) | {"evidence": {"type": "rumour"}}]),
        b"[]",
    ],
    ids=["extra", "missing", "type", "schema", "check", "verdict", "kind", "evidence", "list"],
)
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        Report.from_json(data)


def test_half_a_file_is_refused() -> None:
    whole = report(check(PASSED, 2)).to_json()
    with pytest.raises(msgspec.DecodeError):
        Report.from_json(whole[: len(whole) // 2])


def test_leftovers_are_true_only_when_something_was_left() -> None:
    assert not Leftovers()
    for name in ("processes", "semaphores", "shared_memory", "warnings"):
        left = Leftovers(**{name: ["x"]})
        assert left
        assert len(left.lines()) == 1


def test_feedback_in_one_text_has_all_its_parts_and_no_empty_lines() -> None:
    assert TOLD.text().splitlines() == ["“Lost”", "= 3 < 4", "c", "e1", "e2", "n"]
    assert Feedback(happened="h", next_step="n").text() == "h\nn"


# -- clean ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ümlaut, 料理, 🍳\n\tend", "plain, ümlaut, 料理, 🍳\n\tend"),
        ("\x1b[2J\x1b[31mpassed", "\\x1b[2J\\x1b[31mpassed"),
        ("11 of 11\r 0", "11 of 11\\r 0"),
        ("\x00\x07\x08\x7f\x9b", "\\x00\\x07\\x08\\x7f\\x9b"),
        ("\u202edessap", "\\u202edessap"),
        ("a\u200bb\ufeffc", "a\\u200bb\\ufeffc"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\udcff", "\\udcff"),
        ("x\n ::error file=a.py::no", "x\n \\x3a:error file=a.py::no"),
        ("##[group]a ##vso[task]b", "\\x23#[group]a \\x23#vso[task]b"),
        ("a[::2] std::vector # ## x", "a[::2] std::vector # ## x"),
    ],
    ids=[
        *("harmless", "escapes", "return", "controls", "direction", "invisible", "separators", "half"),
        *("commands", "older commands", "no commands"),
    ],
)
def test_control_characters_become_visible_and_the_rest_stays(text: str, shown: str) -> None:
    assert clean(text) == shown
    clean(text).encode("utf-8")


def test_a_long_text_keeps_its_beginning_and_end_and_says_how_much_is_left_out() -> None:
    shown = clean("a" * 3000 + "b" * 3000, limit=100)
    assert shown.startswith("a" * 50 + "\n…")
    assert shown.endswith("\n" + "b" * 50)
    assert "5,900 characters left out" in shown


def test_a_text_of_just_the_limit_is_left_alone() -> None:
    assert clean("x" * 100, limit=100) == "x" * 100
    assert clean("x" * 101, limit=100) != "x" * 101
