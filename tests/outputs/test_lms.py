"""What gradebooks import: columns, names as the platform has them, and cells that say nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest

from manychefs.course import Exercise, Task
from manychefs.errors import ChefsError
from manychefs.outputs.canvas import canvas_lines
from manychefs.outputs.junit import class_junit
from manychefs.outputs.moodle import moodle_lines
from manychefs.outputs.roster import Roster, read_roster
from manychefs.report import (
    Check,
    ClassTable,
    Feedback,
    Lateness,
    Machine,
    Refused,
    Report,
    Verdict,
)

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Start them all (4711),Current Score
    Points Possible,,,,,12,(read only)
"Lovelace, Ada",101,,lovelace,Monday,,
"de la Cruz, Ben",102,,ben,"Tuesday, late",,
"""
MOODLE = """\
Identifier,Full name,Email address
Participant 900,Ada Lovelace,ada@uni.example
Participant 901,Ben de la Cruz,ben@uni.example
Participant 902,Ben de la Cruz,other@uni.example
"""


def exercise(number: int, title: str) -> Exercise:
    task = Task(title="t", hints=["a", "b", "c"])
    return Exercise(
        number=number,
        slug=f"slug{number}",
        title=title,
        concept="c",
        minutes=1,
        points=12,
        start_methods=["fork"],
        tasks=[task],
    )


FIRST, SECOND = exercise(1, "Start them all"), exercise(2, 'Say "when", then =stop')


def report(*verdicts: Verdict, late: Lateness | None = None) -> Report:
    checks = [
        Check(
            name=f"c{number}",
            title=f"Check {number}",
            kind="tests",
            points=6,
            verdict=verdict,
            earned=6 if verdict is Verdict.PASSED else 0,
            feedback=None
            if verdict is Verdict.PASSED
            else Feedback(happened="It went wrong,\nin two lines."),
        )
        for number, verdict in enumerate(verdicts)
    ]
    machine = Machine(python="3", platform="Linux", cores=2)
    return Report(
        student="x",
        exercise="01_slug1",
        title="T",
        submission="",
        checks=checks,
        machine=machine,
        engine="0",
        confinement="none",
        late=late,
    )


PASSED, FAILED, OPEN, ERROR = Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERROR
LATE = Lateness(due="d", handed_in="h", days=1, share=0.1)
ROWS: ClassTable = {
    "lovelaceada": {"01_slug1": report(PASSED, FAILED, late=LATE), "02_slug2": report(PASSED, OPEN)},
    "ben": {"01_slug1": None, "02_slug2": Refused(reason="a link")},
    "=eve": {"01_slug1": report(PASSED, ERROR), "02_slug2": report(FAILED, FAILED)},
}


def read(lines: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(lines))))  # type: ignore[call-overload]


def roster(tmp_path: Path, text: str) -> Roster:
    path = tmp_path / "roster.csv"
    path.write_text("\ufeff" + text, "utf-8")
    return read_roster(path)


def test_canvas_with_its_own_gradebook_has_its_people_and_its_assignments(tmp_path: Path) -> None:
    rows = read(canvas_lines(ROWS, [FIRST, SECOND], {"lovelaceada": "101"}, roster(tmp_path, CANVAS)))
    assert rows == [
        ["Student", "ID", "SIS Login ID", "Section", "Start them all (4711)", SECOND.title],
        ["    Points Possible", "", "", "", "12", "12"],
        ["Lovelace, Ada", "101", "lovelace", "Monday", "4.8", "12"],
        ["de la Cruz, Ben", "102", "ben", "Tuesday, late", "", ""],
        ["'=eve", "", "'=eve", "", "", "0"],
    ]


def test_canvas_without_it_has_what_the_download_told() -> None:
    rows = read(canvas_lines(ROWS, [FIRST], {"lovelaceada": "101"}, None, {"01_slug1": "77"}))
    assert rows[0][-1] == "Start them all (77)"
    assert rows[2][:4] == ["lovelaceada", "101", "", ""]
    assert rows[3][:4] == ["ben", "", "ben", ""]


def test_moodle_goes_by_the_column_that_its_list_has(tmp_path: Path) -> None:
    rows = read(moodle_lines(ROWS, [FIRST, SECOND], {"ben": "901"}, roster(tmp_path, MOODLE)))
    assert rows[0] == [
        "Email address",
        FIRST.title,
        f"{FIRST.title} (feedback)",
        SECOND.title,
        f"{SECOND.title} (feedback)",
    ]
    assert [row[0] for row in rows[1:]] == ["lovelaceada", "ben@uni.example", "'=eve"]
    assert rows[1][1] == "4.8"
    assert rows[1][2].splitlines() == [
        "6 of 12 points; 1 day late: 10 % of the points are taken, 4.8 count.",
        "Check 1: It went wrong,",
    ]
    assert rows[2][1:] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("Ada Lovelace", 0),
        ("lovelace, ADA", 0),
        ("ada", 0),
        ("900", 0),
        ("Ben de la Cruz", None),  # two are called that
        ("other", 2),
        ("nobody", None),
        ("", None),
    ],
)
def test_a_row_is_found_by_any_of_its_cells_if_there_is_but_one(
    tmp_path: Path, name: str, row: int | None
) -> None:
    found = roster(tmp_path, MOODLE.replace("Ada Lovelace", '"Lovelace, Ada"'))
    assert found.find([name]) == row


@pytest.mark.parametrize("text", ["", "Student,ID\n", 'Student,ID\n"broken\n'])
def test_what_is_no_list_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(ChefsError, match="no list of people"):
        roster(tmp_path, text)
    with pytest.raises(ChefsError, match="no list of people"):
        read_roster(tmp_path / "nowhere")


def test_junit_of_a_class_names_the_student_and_what_was_refused() -> None:
    root = ElementTree.fromstring("".join(class_junit(ROWS)).encode())
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == [
        "lovelaceada.01_slug1",
        "lovelaceada.02_slug2",
        "ben.02_slug2",
        "=eve.01_slug1",
        "=eve.02_slug2",
    ]
    assert {case.get("classname") for case in root.iter("testcase")} == set(suites)
    assert suites["lovelaceada.01_slug1"].get("failures") == "1"
    refused = suites["ben.02_slug2"].find("testcase/error")
    assert refused is not None
    assert refused.get("message") == "a link"
