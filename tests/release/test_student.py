"""What a student gets: all that is needed, and nothing that would give an answer away."""

from __future__ import annotations

import hashlib
import io
import re
import sys
import zipfile
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from manychefs.cli import main
from manychefs.course import Course, load_course
from manychefs.errors import ChefsError
from manychefs.outputs.progress import Progress
from manychefs.release.stubs import stub_of
from manychefs.release.student import student_files, write_folder, write_zip
from manychefs.release.wheel import make_wheel, wheel_name
from manychefs.watch import actions
from tests.conftest import TinyCourse

REPO = Path(__file__).parents[2]
SHORTEST = 12  # characters of a line that is looked for
# Lines of solutions that stand in the engine as well: they are Python's, and tell nobody anything.
IDIOMS = {
    "return results",
    "return answers",
    "return process",
    "return total",
    "outcome: Outcome",
    "process.kill()",
}


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(REPO)


@pytest.fixture(scope="module")
def released(course: Course) -> dict[str, bytes]:
    return student_files(course)


def unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The file, and what is in it if it is a zip, and what is in that."""
    yield name, data
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from unpacked(f"{name}: {member}", archive.read(member))


def lines_of(path: Path) -> set[str]:
    lines = {line.strip() for line in path.read_text("utf-8").splitlines()}
    return {line for line in lines if len(line) >= SHORTEST and not line.startswith("### ")}


def test_no_line_of_any_solution_is_in_it(course: Course, released: dict[str, bytes]) -> None:
    told = [path.read_text("utf-8") for path in (REPO / "exercises").rglob("*") if path.is_file()]
    told += [
        course.manifest.read_text("utf-8"),
        *(course.grader(each).read_text() for each in course.exercises),
    ]
    secret = {
        line
        for exercise in course.exercises
        for line in lines_of(course.solution(exercise))
        if not any(line in text for text in told)
    }
    assert len(secret) > 100  # the search looks for something
    everything = [each for name, data in released.items() for each in unpacked(name, data)]
    assert any(name.endswith("whl: manychefs/report.py") for name, _ in everything)  # and looks inside
    found = {(name, line) for name, data in everything for line in secret - IDIOMS if line.encode() in data}
    assert found == set()


def test_no_known_answer_is_in_it(course: Course, released: dict[str, bytes]) -> None:
    assert not [
        name
        for name in released
        if re.search(r"^graders/[^/]+/(wrong|right)/|solutions/|\.pyc$|\.git/", name)
    ]
    everything = b"\n".join(data for name, whole in released.items() for _, data in unpacked(name, whole))
    answers = [path for exercise in course.exercises for path in course.known_answers(exercise)]
    assert len(answers) > 250
    for path in answers:
        first = path.read_text("utf-8", "replace").strip()
        assert first.encode() not in everything, path


def test_it_has_what_is_needed(course: Course, released: dict[str, bytes]) -> None:
    assert {
        "chefs.py",
        "course.toml",
        "README.md",
        "LICENSE",
        "requirements/core.txt",
        ".gitignore",
    } <= released.keys()
    assert {wheel_name(), ".github/workflows/grade.yml", ".gitlab-ci.yml"} <= released.keys()
    for exercise in course.exercises:
        stub = f"exercises/{exercise.name}/{exercise.filename}"
        assert released[stub].decode() == stub_of(course, exercise)
        assert released[f"graders/{exercise.name}/stub.py"] == released[stub]  # for `chefs reset`
        assert f"exercises/{exercise.name}/README.md" in released
        assert f"graders/{exercise.name}/test_{exercise.slug}.py" in released
        assert f"[{exercise.title}](exercises/{exercise.name}/README.md)" in released["README.md"].decode()
    assert b"only your instructor has" not in released["README.md"]
    assert "exercises/17_test_the_counter/counter.py" in released
    assert "graders/17_test_the_counter/counters/wrong/gives_up_waiting.py" in released
    assert not [name for name in released if name.startswith(("src/", "tests/", "solutions/", "pyproject"))]


def test_the_wheel_is_whole_and_the_same_each_time() -> None:
    data = make_wheel()
    assert data == make_wheel()
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        names = wheel.namelist()
        info = names[-1].rpartition("/")[0]
        assert f"{info}/RECORD" == names[-1]
        for line in wheel.read(f"{info}/RECORD").decode().splitlines()[:-1]:
            name, digest, size = line.rsplit(",", 2)
            member = wheel.read(name)
            given = urlsafe_b64decode(digest.removeprefix("sha256=") + "=")
            assert (given, int(size)) == (hashlib.sha256(member).digest(), len(member))
        assert b"[pytest11]" in wheel.read(f"{info}/entry_points.txt")
        assert b"Name: manychefs" in wheel.read(f"{info}/METADATA")
        assert "manychefs/grading/pytest.ini" in names
        assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


# -- hidden checks, and what is refused -------------------------------------------------------

VISIBLE = '''
import pytest

@pytest.mark.check(points=1)
def test_answers(student):
    """It answers"""
    assert student.answer() is not None
'''
HIDDEN = '''
import pytest

@pytest.mark.check(points=2)
def test_answers_right(student):
    """It answers what nobody can guess"""
    assert student.answer() == 620448401733239439360000
'''
SOLUTION = """
def answer():
    # Task 1: answer
    ### BEGIN SOLUTION
    the_whole_product = 620448401733239439360000
    return the_whole_product
    ### END SOLUTION
"""


@pytest.fixture
def small(tiny_course: Callable[..., TinyCourse]) -> TinyCourse:
    tiny = tiny_course(VISIBLE)
    tiny.grader.with_name("test_hidden.py").write_text(HIDDEN)
    solution = tiny.course.solution(tiny.exercise)
    solution.parent.mkdir(parents=True)
    solution.write_text(SOLUTION)
    tiny.course.lesson(tiny.exercise).write_text("# A lesson\n")
    return tiny


def test_hidden_checks_are_graded_and_not_given_out(small: TinyCourse) -> None:
    report = small.grade("def answer():\n    return 620448401733239439360000\n")
    assert [check.name for check in report.checks] == ["test_answers", "test_answers_right"]
    assert report.score == 3
    found = student_files(small.course)
    assert b"checks that only your instructor has" in found["README.md"]
    assert f"graders/{small.exercise.name}/test_tally.py" in found
    assert not [
        name for name, data in found.items() if "hidden" in name.rpartition("/")[2] or b"guess" in data
    ]


def test_a_hidden_check_must_have_a_name_of_its_own(small: TinyCourse) -> None:
    hidden = small.grader.with_name("test_hidden.py")
    hidden.write_text(HIDDEN.replace("test_answers_right", "test_answers"))
    with pytest.raises(ChefsError) as refused:
        small.grade("def answer():\n    return 1\n")
    assert "two checks of one exercise are called test_answers" in refused.value.feedback.text()


@pytest.mark.parametrize("kind", ["lines", "zip in a zip", "hidden check", "wrong answer"])
def test_what_would_give_an_answer_away_is_refused(small: TinyCourse, kind: str) -> None:
    folder = small.course.stub(small.exercise).parent
    if kind == "lines":
        (folder / "my_try.txt").write_text(SOLUTION)
    elif kind == "zip in a zip":
        inner = io.BytesIO()
        for _ in range(2):
            outer = io.BytesIO()
            with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("inner.zip", inner.getvalue() or SOLUTION)
            inner = outer
        (folder / "data.bin").write_bytes(inner.getvalue())
    elif kind == "hidden check":
        small.grader.with_name("notes.py").write_text(HIDDEN)
    else:
        wrong = small.grader.parent / "wrong" / "zero.py"
        wrong.parent.mkdir()
        wrong.write_text("def answer(): return 0")
        (folder / "example.py").write_text("# not so:\ndef answer(): return 0\n")
    with pytest.raises(ChefsError) as refused:
        student_files(small.course)
    told = refused.value.feedback
    assert told.happened.startswith("Nothing was released")
    assert told.evidence[0].startswith(("exercises/01_tally/", "graders/01_tally/"))


def test_an_authors_own_leavings_are_not_given_out(small: TinyCourse) -> None:
    folder = small.course.stub(small.exercise).parent
    for name in ("tally.py.before-stubs", ".tally.py.swp", "tally.py~", "__pycache__/tally.pyc"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(SOLUTION)
    (folder / "tally.py").write_text(SOLUTION)  # the author has tried it out
    found = student_files(small.course)
    names = [name for name in found if name.startswith("exercises/")]
    assert names == ["exercises/01_tally/README.md", "exercises/01_tally/tally.py"]
    assert b"NotImplementedError" in found["exercises/01_tally/tally.py"]


def test_a_student_can_begin_again_from_what_was_released(small: TinyCourse, tmp_path: Path) -> None:
    write_folder(student_files(small.course), tmp_path / "out")
    course = load_course(tmp_path / "out")
    [exercise] = course.exercises
    stub = course.stub(exercise)
    given = stub.read_text()
    stub.write_text("mine")
    assert actions.reset(course, Progress(course), exercise) is not None
    assert stub.read_text() == given


# -- where it goes ----------------------------------------------------------------------------


def test_a_folder_gets_all_of_it_and_a_zip_the_same(tmp_path: Path, released: dict[str, bytes]) -> None:
    folder, packed = tmp_path / "for students", tmp_path / "course.zip"
    write_folder(released, folder)
    write_zip(released, packed)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == released.keys()
    with zipfile.ZipFile(packed) as archive:
        assert {name: archive.read(f"course/{name}") for name in released} == released


def test_a_repository_that_is_empty_but_for_git_is_filled(tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / ".git" / "HEAD").write_text("kept")
    write_folder({"a/b.txt": b"1"}, tmp_path / "repo")
    assert (tmp_path / "repo" / ".git" / "HEAD").read_text() == "kept"
    assert (tmp_path / "repo" / "a" / "b.txt").read_text() == "1"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["repo"]


@pytest.mark.parametrize("kind", ["something in it", "a file"])
def test_what_is_there_is_left_alone(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "there"
    if kind == "a file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "old.py").write_text("mine")
    with pytest.raises(ChefsError) as refused:
        write_folder({"a.txt": b"1"}, place)
    assert "not empty" in refused.value.feedback.happened
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["mine"]


def test_the_command_says_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small: TinyCourse
) -> None:
    words = ["--student", str(tmp_path / "out"), "--zip", str(tmp_path / "out.zip")]
    monkeypatch.setattr(sys, "argv", ["chefs", "--course", str(small.root), "release", *words])
    assert main() == 0
    assert "python3 chefs.py" in capsys.readouterr().out
    assert (tmp_path / "out" / wheel_name()).is_file()
    assert zipfile.is_zipfile(tmp_path / "out.zip")
    monkeypatch.setattr(sys, "argv", ["chefs", "--course", str(small.root), "release"])
    assert main() == 2
    assert "--student DIR" in capsys.readouterr().err
