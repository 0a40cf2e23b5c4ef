"""`chefs grade` on a class: the table, the files, the JSON, and how it ends."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from manychefs.course import Course
from manychefs.report import Report

HandIn = Callable[..., Path]
Grade = Callable[..., subprocess.CompletedProcess[str]]

RIGHT = "def double(number):\n    return 2 * number\n"
WRONG = "def double(number):\n    return number ** 2\n"
HALF = "def halve(number):\n    return number // 2\n"


@pytest.fixture
def grade(course: Course, tmp_path: Path) -> Grade:
    """Runs `chefs grade …` with --out in the test's folder."""

    def run(*words: str | Path, out: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "manychefs", "--course", str(course.root), "grade"]
        command += [*map(str, words), "--out", str(out or tmp_path / "out"), "--jobs", "2"]
        done = subprocess.run(
            command,
            capture_output=True,
            env=os.environ | {"COLUMNS": "1000"},
            stdin=subprocess.DEVNULL,
            check=False,
        )
        texts = [stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr)]
        assert "Traceback" not in texts[1], texts[1]
        return subprocess.CompletedProcess(command, done.returncode, *texts)

    return run


def table(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    """The rows of the printed table: name, then the cells."""
    rows = [line.strip("│").split("│") for line in done.stdout.splitlines() if line.startswith("│")]
    return {name.strip(): [cell.strip() for cell in cells] for name, *cells in rows}


def verdicts(out: Path) -> list[tuple[str, str, str, str]]:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["student"], row["exercise"], row["check"], row["verdict"]) for row in csv.DictReader(file)
        ]


def test_a_class_gets_a_table_a_gradebook_and_a_report_each(
    grade: Grade, hand_in: HandIn, tmp_path: Path
) -> None:
    folder = hand_in({"ada/doubles.py": RIGHT, "ada/halves.py": HALF, "ben/01_doubles/doubles.py": WRONG})
    done = grade(folder)
    assert done.returncode == 0
    assert table(done) == {"ada": ["10/10 ✓", "3/3 ✓", "13"], "ben": ["4/10 ✗", "missing", "4"]}
    assert f"grades: {tmp_path / 'out' / 'grades.csv'}" in done.stdout
    assert verdicts(tmp_path / "out") == [
        ("ada", "01_doubles", "It doubles", "passed"),
        ("ada", "01_doubles", "Zero stays zero", "passed"),
        ("ada", "02_halves", "It halves", "passed"),
        ("ben", "01_doubles", "It doubles", "failed"),
        ("ben", "01_doubles", "Zero stays zero", "passed"),
        ("ben", "02_halves", "", "missing"),
    ]
    found = sorted((tmp_path / "out" / "reports").rglob("*.json"))
    assert [str(path.relative_to(tmp_path / "out" / "reports")) for path in found] == [
        "ada/01_doubles.json",
        "ada/02_halves.json",
        "ben/01_doubles.json",
    ]
    assert [Report.from_json(path.read_bytes()).score for path in found] == [10, 3, 4]


def test_json_is_the_class_and_nothing_else(grade: Grade, hand_in: HandIn) -> None:
    done = grade(hand_in({"ada/doubles.py": RIGHT, "ben/halves.py": HALF}), "--json")
    assert done.returncode == 0
    assert done.stderr == ""
    body = msgspec.json.decode(done.stdout, type=dict[str, dict[str, msgspec.Raw]])
    scores = {
        (name, exercise): None if bytes(raw) == b"null" else Report.from_json(bytes(raw)).score
        for name, reports in body.items()
        for exercise, raw in reports.items()
    }
    assert scores == {
        ("ada", "01_doubles"): 10,
        ("ada", "02_halves"): None,
        ("ben", "01_doubles"): None,
        ("ben", "02_halves"): 3,
    }


def test_one_students_own_folder_is_a_class_of_one(grade: Grade, hand_in: HandIn) -> None:
    folder = hand_in({"ada/doubles.py": RIGHT, "ben/doubles.py": RIGHT})
    done = grade(folder / "ada")
    assert table(done) == {"ada": ["10/10 ✓", "10"]}
    assert "handed in by nobody, so not in the table: 02_halves" in done.stdout


def test_files_of_no_exercise_and_refused_ones_are_listed_and_the_rest_is_graded(
    grade: Grade, hand_in: HandIn
) -> None:
    folder = hand_in({"ada/doubles.py": RIGHT, "ada/havles.py": HALF, "ben/halves.py": HALF})
    (folder / "ben" / "doubles.py").symlink_to("/etc/passwd")
    done = grade(folder)
    said = done.stdout
    assert "not graded: ada/havles.py" in said
    assert "refused: ben, 01_doubles:" in said
    assert "cannot be graded" in said
    rows = table(done)
    assert rows["ada"][0] == "10/10 ✓"
    assert rows["ben"][1:] == ["3/3 ✓", "3"]


def test_archives_are_graded_like_folders_and_a_bad_one_is_refused_with_its_reason(
    grade: Grade, hand_in: HandIn
) -> None:
    folder = hand_in({"ada/doubles.py": RIGHT, "ben/notes.txt": ""})
    for path, member, source in (
        (folder / "ben" / "homework.zip", "homework/doubles.py", WRONG),
        (folder / "chloe.zip", "01_doubles/doubles.py", RIGHT),
        (folder / "dan.zip", "../doubles.py", RIGHT),
    ):
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(member, source)
    done = grade(folder)
    rows = table(done)
    assert [rows[name][0] for name in ("ada", "ben", "chloe", "dan")] == [
        "10/10 ✓",
        "4/10 ✗",
        "10/10 ✓",
        "refused",
    ]
    assert "refused: dan, 01_doubles:" in done.stdout
    assert "leads out of the archive" in done.stdout


@pytest.mark.slow
def test_an_error_of_the_kit_ends_with_3(grade: Grade, hand_in: HandIn, course: Course) -> None:
    grader = course.grader(course.exercises[1])
    grader.write_text(grader.read_text().replace("assert", "raise RuntimeError\n    assert"))
    done = grade(hand_in({"ada/halves.py": HALF}))
    assert done.returncode == 3
    assert table(done) == {"ada": ["0/0 !", "0"]}


@pytest.mark.parametrize(
    ("path", "told"),
    [("empty", "There is no submission to grade."), ("nowhere", "does not exist."), ("file", "is a file,")],
)
def test_what_is_no_class_ends_with_2(grade: Grade, tmp_path: Path, path: str, told: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    done = grade(tmp_path / path)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_an_output_folder_that_cannot_be_made_ends_with_3_before_anything_is_graded(
    grade: Grade, hand_in: HandIn, tmp_path: Path
) -> None:
    marker = tmp_path / "graded"
    folder = hand_in({"ada/doubles.py": f"open({str(marker)!r}, 'w').close()\n"})
    done = grade(folder, out=folder / "ada" / "doubles.py" / "grades")
    assert done.returncode == 3
    assert "could not be written." in done.stderr
    assert not marker.exists()


def test_a_gradebook_that_cannot_be_written_ends_with_3_and_keeps_the_reports(
    grade: Grade, hand_in: HandIn, tmp_path: Path
) -> None:
    (tmp_path / "out" / "grades.csv" / "in the way").mkdir(parents=True)
    done = grade(hand_in({"ada/doubles.py": RIGHT}))
    assert done.returncode == 3
    assert "grades.csv could not be written." in done.stderr
    assert (tmp_path / "out" / "reports" / "ada" / "01_doubles.json").is_file()
    assert (tmp_path / "out" / "grades.csv" / "in the way").is_dir()


def test_names_that_a_student_chose_cannot_write_on_the_screen(grade: Grade, hand_in: HandIn) -> None:
    folder = hand_in(
        {"ada\x1b[2J/doubles.py": RIGHT, "ben/\x1b[1A[bold]10 of 10.py": "", "ben/halves.py": HALF}
    )
    done = grade(folder)
    assert "\x1b" not in done.stdout
    assert "[bold]10 of 10.py" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are always text")
@pytest.mark.parametrize("words", [[], ["--json"]], ids=["table", "json"])
def test_a_name_that_is_not_text_does_not_take_the_class_down(
    grade: Grade, hand_in: HandIn, tmp_path: Path, words: list[str]
) -> None:
    folder = hand_in({"ada/halves.py": HALF, "b\udcffn/halves.py": HALF})
    done = grade(folder, *words)
    assert done.returncode == 0
    assert ("ada", "02_halves", "It halves", "passed") in verdicts(tmp_path / "out")


def test_what_is_unchanged_is_not_graded_again_and_regrade_grades_it(grade: Grade, hand_in: HandIn) -> None:
    folder = hand_in({"ada/doubles.py": RIGHT, "ben/doubles.py": WRONG})
    assert "not graded again" not in grade(folder).stdout
    hand_in({"ben/doubles.py": RIGHT})
    done = grade(folder)
    assert "unchanged, so not graded again: 1 of 2" in done.stdout
    assert table(done) == {"ada": ["10/10 ✓", "10"], "ben": ["10/10 ✓", "10"]}
    assert "not graded again" not in grade(folder, "--regrade").stdout


@pytest.mark.slow
def test_a_download_of_canvas_is_graded_as_it_is_and_late_days_cost_what_the_course_says(
    grade: Grade, tmp_path: Path, course: Course
) -> None:
    manifest = course.root / "course.toml"
    manifest.write_text(
        manifest.read_text().replace("[[exercise]]", "[late]\nper_day = 0.2\n\n[[exercise]]", 1)
    )
    path = tmp_path / "submissions.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("lovelaceada_LATE_12_300_doubles.py", RIGHT)
        file.writestr("hopperben_13_301_doubles.py", WRONG)
        file.writestr("hopperben_13_302_doubles-1.py", RIGHT)
        file.writestr("notes_14_303_doubels.py", RIGHT)
    done = grade(path, "--exercise", "1")
    assert table(done) == {
        "hopperben": ["10/10 ✓", "10"],
        "lovelaceada": ["8/10 ✓ 1d late", "8"],
        "notes": ["missing", "0"],
    }
    assert "handed in again: hopperben_13_302_doubles-1.py counts" in done.stdout
    assert "doubles.py?" in done.stdout
    out = tmp_path / "out"
    assert ("lovelaceada", "01_doubles", "", "late") in verdicts(out)
    report = Report.from_json((out / "reports" / "lovelaceada" / "01_doubles.json").read_bytes())
    assert (report.score, report.mark) == (10, 8)
    assert not (out / ".handed-in").exists()
    manifest.write_text(manifest.read_text().replace("0.2", "0.3"))
    done = grade(path, "--exercise", "1")
    assert "not graded again: 2 of 2" in done.stdout
    assert table(done)["lovelaceada"] == ["7/10 ✓ 1d late", "7"]
