"""JUnit, GitHub, Gradescope and Classroom 50: right for a reader of each, whatever a student writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from manychefs.outputs import github
from manychefs.outputs.classroom50 import classroom50
from manychefs.outputs.formats import FORMATS
from manychefs.outputs.gradescope import gradescope
from manychefs.outputs.junit import junit
from manychefs.outputs.places import line_of
from manychefs.outputs.scores import total_text
from manychefs.report import (
    Check,
    Deadlock,
    Evidence,
    Feedback,
    Interleaving,
    Kind,
    Machine,
    ProcessState,
    Report,
    StudentTraceback,
    Verdict,
)
from tests.outputs.conftest import HOSTILE
from tests.outputs.runner import carried_out

EVIL = [
    *HOSTILE,
    "::error file=a.py::not me\n::set-output name=points::100\r\n##[add-mask]x",
    "| 11/11 | ✅ |\n\n# Points 100/100\n<details><summary>x</summary>",
    "```\n```mermaid\nsequenceDiagram\n```",
    "]]></failure><testcase name='forged'/>",
    "\ufffe\uffff\x0b&#x0;",
    "[x](javascript:alert(1)) ![y](http://example.invalid/z.png) @someone #1 www.example.com",
]


def check(
    verdict: Verdict = Verdict.PASSED,
    *,
    points: float = 4,
    earned: float | None = None,
    words: str = "It broke.",
    kind: Kind = "races",
    evidence: Evidence | None = None,
) -> Check:
    gained = points if verdict is Verdict.PASSED else 0.0
    told = Feedback(happened=words, cause=words, evidence=[words], next_step=words)
    return Check(
        name="test_it",
        title=f"It holds {words}",
        kind=kind,
        points=points,
        verdict=verdict,
        earned=gained if earned is None else earned,
        feedback=None if verdict is Verdict.PASSED else told,
        evidence=evidence,
        printed=words,
    )


def report(*checks: Check, exercise: str = "03_shared_counter", submission: str = "tally.py") -> Report:
    return Report(
        student="",
        exercise=exercise,
        title="T",
        submission=submission,
        checks=list(checks),
        machine=Machine(python="3.13", platform="Linux", cores=2),
        engine="0",
        confinement="none",
        started="2026-01-02T03:04:05+00:00",
        seconds=1.5,
    )


def mixed(words: str = "It broke.") -> Report:
    """One check of each verdict: 4 of 8 gradable points, of 14."""
    verdicts = (Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERROR)
    points = (4, 4, 3, 3)
    return report(
        *(check(each, points=worth, words=words) for each, worth in zip(verdicts, points, strict=True))
    )


# -- JUnit ------------------------------------------------------------------------------------


def test_junit_counts_each_verdict_under_its_own_name() -> None:
    root = ElementTree.fromstring(junit([mixed(), report(check())]).encode())
    first, second = root.findall("testsuite")
    assert {key: first.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert [[child.tag for child in case][1:] for case in first.findall("testcase")] == [
        ["system-out"],
        ["failure", "system-out"],
        ["skipped", "system-out"],
        ["error", "system-out"],
    ]
    assert second.get("failures") == "0"


@pytest.mark.parametrize("words", EVIL)
def test_junit_is_xml_with_the_same_cases_whatever_a_student_writes(words: str) -> None:
    root = ElementTree.fromstring(junit([mixed(words)]).encode("utf-8", "strict"))
    assert len(list(root.iter("testcase"))) == 4
    assert len(list(root.iter("failure"))) == 1


# -- GitHub -----------------------------------------------------------------------------------


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as GitHub's runner reads them: name, properties, message. There is nothing else."""
    found = carried_out(text)
    assert [each.line for each in found] == text.split("\n")[:-1]
    return [(each.name, each.properties, each.message) for each in found]


def test_github_points_at_the_line_and_tells_the_points(tmp_path: Path) -> None:
    where = StudentTraceback(error="ValueError", frames=["tally.py:3 in work:  raise ValueError"])
    graded = report(
        check(Verdict.FAILED, evidence=where), submission=str(tmp_path / "exercises" / "tally.py")
    )
    (error, notice) = commands(github.workflow_commands([graded], tmp_path))
    assert error[:2] == (
        "error",
        {"file": "exercises/tally.py", "line": "3", "title": "03_shared_counter: It holds It broke."},
    )
    assert error[2].startswith("It broke.\n")
    assert notice == ("notice", {"title": "Autograding complete"}, "Points 0/4")


def test_more_annotations_than_github_shows_end_in_one_that_counts_the_rest(tmp_path: Path) -> None:
    graded = report(*(check(Verdict.FAILED) for _ in range(25)))
    found = commands(github.workflow_commands([graded], tmp_path))
    assert [name for name, _, _ in found] == ["error"] * 10 + ["notice"]
    assert found[9][2].startswith("16 more checks")


@pytest.mark.parametrize("words", EVIL)
def test_nothing_a_student_writes_is_a_workflow_command(tmp_path: Path, words: str) -> None:
    graded = mixed(words)
    graded.submission = f"{tmp_path}/{words[:40]}.py"
    found = commands(github.workflow_commands([graded], tmp_path))
    assert [name for name, _, _ in found] == ["error", "warning", "notice"]
    assert set(found[0][1]) <= {"file", "line", "title"}


def test_what_is_printed_stands_between_stop_commands_that_nobody_can_guess() -> None:
    first, second = github.without_commands("::error::x"), github.without_commands("::error::x")
    start, body, end = first.splitlines()
    assert start.removeprefix("::stop-commands::") == end.strip(":")
    assert body == "::error::x"
    assert first != second


@pytest.mark.parametrize("words", [words for words in EVIL if words])
def test_the_summary_has_the_same_structure_whatever_a_student_writes(words: str) -> None:
    assert structure(github.summary([mixed(words)])) == structure(github.summary([mixed()]))


def structure(markdown: str) -> list[str]:
    """What Markdown makes of each line outside of fenced code: headings, rows, fences, plain text."""
    found, fence = [], ""
    for line in markdown.split("\n"):
        if fence:
            if line == fence:
                fence = ""
            continue
        if match := re.match("(`{3,})(.*)", line):
            fence = match[1]
            found.append(f"fence {match[2]}")
            continue
        assert not re.search(r"[<>\[\]`@\\]|!\(|://|www\.", line), line
        cells = line.count("|")
        found.append(f"row of {cells}" if cells else re.match("#* ?|", line)[0] + ("text" if line else ""))  # type: ignore[index]
    assert not fence
    return found


def test_a_summary_is_never_larger_than_github_takes() -> None:
    graded = [report(*(check(Verdict.FAILED, words="`" * 4000) for _ in range(80)))]
    text = github.summary(graded)
    assert len(text.encode()) <= github.LARGEST_SUMMARY
    assert "no room" in text


def test_an_order_of_steps_is_drawn_in_the_summary(orders: dict[str, Interleaving]) -> None:
    graded = report(check(Verdict.FAILED, evidence=orders["lost update"]))
    assert "```mermaid\nsequenceDiagram\n" in github.summary([graded])


def test_a_stub_is_not_begun_and_no_failure(tmp_path: Path) -> None:
    stub = report(check(Verdict.FAILED, words="add_plates() is not written yet (task 2)."))
    assert "not begun yet" in github.summary([stub])
    assert [name for name, _, _ in commands(github.workflow_commands([stub], tmp_path))] == ["notice"]


# -- the line ---------------------------------------------------------------------------------


def test_the_line_comes_from_the_evidence(orders: dict[str, Interleaving]) -> None:
    lock = ProcessState(name="p1", pid=1, waits_for="a lock", line=12)
    deadlock = Deadlock(seconds=1, processes=[ProcessState(name="main", pid=0, waits_for="p1"), lock])
    assert line_of(check(Verdict.FAILED, evidence=orders["lost update"]), "tally.py") == 14
    assert line_of(check(Verdict.FAILED, evidence=deadlock), "tally.py") == 12
    assert line_of(check(Verdict.FAILED, words="in a worker: tally.py:7 in work:  x"), "tally.py") == 7
    assert line_of(check(Verdict.FAILED), "tally.py") is None


# -- Gradescope, Classroom 50 -----------------------------------------------------------------


def test_gradescope_scales_what_could_not_be_graded_away() -> None:
    body = json.loads(gradescope([mixed()]))
    assert body["score"] == 7  # 4 of 8 gradable points, of 14
    assert "6 of 14 points cannot be graded" in body["output"]
    scored = [test for test in body["tests"] if "score" in test]
    assert [(test["score"], test["max_score"], test["status"]) for test in scored] == [
        (4, 4, "passed"),
        (0, 4, "failed"),
    ]
    assert [test["number"] for test in body["tests"]] == ["1.1", "1.2", "1.3", "1.4"]


def test_gradescope_without_anything_gradable_divides_by_nothing() -> None:
    assert json.loads(gradescope([report(check(Verdict.INCONCLUSIVE))]))["score"] == 0
    assert json.loads(gradescope([]))["score"] == 0


def test_classroom50_has_whole_numbers_that_add_up() -> None:
    partial = check(Verdict.FAILED, points=2.5, earned=0.4)
    body = json.loads(classroom50([mixed(), report(partial)], {"CLASSROOM": "c", "COMMIT_URL": "u"}))
    assert (body["schema"], body["classroom"], body["commit"], body["review"]) == (
        "classroom50/result/v1",
        "c",
        "u",
        "u",
    )
    assert body["score"] == sum(test["score"] for test in body["tests"]) == 5
    assert body["max-score"] == sum(test["max-score"] for test in body["tests"]) == 11
    assert all(type(test[key]) is int for test in body["tests"] for key in ("score", "max-score"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["datetime"])


def test_the_datetime_for_classroom50_is_the_commits() -> None:
    body = json.loads(classroom50([report(check())], {"GITHUB_SHA": "not-a-commit"}))
    assert body["datetime"].endswith("Z")


@pytest.mark.parametrize("words", EVIL)
@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_format_is_text_that_can_be_written_as_utf_8(form: str, words: str) -> None:
    assert FORMATS[form]([mixed(words)]).encode("utf-8")


def test_the_points_say_what_could_not_be_graded() -> None:
    assert total_text([mixed()]) == "Points 4/8 (6 more not gradable here)"
    assert total_text([report(check())]) == "Points 4/4"
