"""Commands about a class as a whole, on gradings that are put there: export, compare, similar."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs import files
from manychefs.batch.kept import Pupil, Record, write_record
from manychefs.report import Check, Feedback, Machine, Report, Verdict

Chefs = Callable[..., subprocess.CompletedProcess[str]]

OWN = """\
def double(number):
    total = 0
    for step in range(abs(number)):
        if step % 2 == 0:
            total += 4
        else:
            total = total - (0 if step else 1)
    while total % 3 and total > 100:
        total -= min(total, 3)
    return 2 * number if total else number + number
"""


def run(chefs: Chefs, *words: str | Path) -> tuple[int, str, str]:
    """The exit code of a command, and what it says on stdout and stderr."""
    done = chefs(*words)
    return done.returncode, done.stdout, done.stderr


def grading(folder: Path, **verdicts: Verdict) -> Path:
    """Put the folder of a grading there: a report for each student, and eve, who was refused."""
    for student, verdict in verdicts.items():
        check = Check(
            name="test_doubles",
            title="It doubles",
            kind="correctness",
            points=10,
            verdict=verdict,
            earned=10 if verdict is Verdict.PASSED else 0,
            feedback=Feedback(happened="It went so."),
        )
        report = Report(
            student=student,
            exercise="01_doubles",
            title="T",
            submission="",
            checks=[check],
            machine=Machine(python="3", platform="Linux", cores=2),
            engine="0",
            confinement="none",
        )
        files.write_report(folder, report)
    pupils = [Pupil(name=name, graded=["01_doubles"]) for name in verdicts]
    pupils.append(Pupil(name="eve", refused={"01_doubles": "a link"}))
    write_record(folder, Record(title="T", exercises=["01_doubles"], students=pupils))
    return folder


def test_export_to_the_screen_and_to_a_file(chefs: Chefs, tmp_path: Path) -> None:
    folder = grading(tmp_path / "grades", ada=Verdict.PASSED, ben=Verdict.FAILED)
    code, said, _ = run(chefs, "export", "csv", folder)
    rows = list(csv.DictReader(io.StringIO(said)))
    assert code == 0
    assert [(row["student"], row["verdict"]) for row in rows] == [
        ("ada", "passed"),
        ("ben", "failed"),
        ("eve", "refused"),
    ]
    target = tmp_path / "canvas.csv"
    code, said, _ = run(chefs, "export", "canvas", folder, "--assignment", "1=77", "--to", target)
    assert (code, said) == (0, "")
    header, _, *people = csv.reader(io.StringIO(target.read_text()))
    assert header[-1].endswith("(77)")
    assert [person[-1] for person in people] == ["10", "0", ""]


def test_export_leaves_a_mark_out_where_a_check_was_an_error_and_says_so(
    chefs: Chefs, tmp_path: Path
) -> None:
    folder = grading(tmp_path / "grades", ada=Verdict.PASSED, ben=Verdict.ERROR)
    people = tmp_path / "people.csv"
    people.write_text("Username,Email address\nada,ada@uni.example\n")
    code, said, told = run(
        chefs, "export", "moodle", folder, "--roster", people, "--identifier", "Email address"
    )
    assert code == 3
    rows = list(csv.reader(io.StringIO(said)))
    assert [row[:2] for row in rows[1:]] == [["ada@uni.example", "10"], ["ben", ""], ["eve", ""]]
    assert "no mark, because a check ended in an error: ben, 01_doubles" in told
    assert "not in the roster, so under its own name: ben" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["export", "exel", "grades"], "no format 'exel'"),
        (["export", "csv", "nowhere"], "not the folder of a grading"),
        (["export", "canvas", "grades", "--assignment", "1"], "has no number"),
        (["export", "moodle", "grades", "--roster", "people.csv", "--identifier", "x"], "has no column 'x'"),
        (["compare", "grades", "nowhere"], "not the folder of a grading"),
        (["similar", "nowhere"], "does not exist"),
    ],
)
def test_what_is_mistyped_ends_with_2(chefs: Chefs, kitchen: Path, words: list[str], told: str) -> None:
    grading(kitchen / "grades", ada=Verdict.PASSED)
    (kitchen / "people.csv").write_text("Username,Name\nada,Ada\n")
    code, said, error = run(chefs, *words)
    assert code == 2
    assert said == ""
    assert told in " ".join(error.split())


def test_compare_lists_what_changed_and_counts_it(chefs: Chefs, tmp_path: Path) -> None:
    old = grading(tmp_path / "old", ada=Verdict.PASSED, ben=Verdict.FAILED)
    new = grading(tmp_path / "new", ada=Verdict.PASSED, ben=Verdict.PASSED)
    code, said, _ = run(chefs, "compare", old, new)
    assert code == 1
    assert "1 x 01_doubles, It doubles: failed → passed" in said
    assert "1 changes at 1 students; 1 checks as before" in said
    code, said, _ = run(chefs, "compare", old, new, "--json")
    (change,) = json.loads(said)["changes"]
    assert (change["student"], change["old"], change["new"]) == ("ben", "failed", "passed")
    assert run(chefs, "compare", old, old)[0] == 0


def test_similar_shows_passages_side_by_side_and_accuses_nobody(chefs: Chefs, tmp_path: Path) -> None:
    sources = {"ada": OWN, "ben": OWN.replace("total", "summe"), "eve": "def double(n):\n    return 2 * n\n"}
    for name, source in sources.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "doubles.py").write_text(source)
    code, said, _ = run(chefs, "similar", tmp_path / "class")
    assert code == 0
    assert "ada, ben:" in said
    assert "total = 0" in said
    assert "summe = 0" in said
    assert "no finding about anybody" in " ".join(said.split())
    for word in ("cheat", "plagiar", "copied", "guilty"):
        assert word not in said.casefold()
    code, said, _ = run(chefs, "similar", tmp_path / "class", "--json")
    body = json.loads(said)
    assert body["compared"]["01_doubles"] == 3
    (pair,) = body["pairs"]
    assert (pair["left"], pair["right"], pair["share"]) == ("ada", "ben", 1.0)
