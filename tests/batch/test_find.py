"""Who is in a class, which files are theirs, and what is refused before anything is graded."""

from __future__ import annotations

import sys
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.batch.find import find_students
from manychefs.course import Course
from manychefs.errors import SubmissionError
from manychefs.grading.submission import copy_submission

HandIn = Callable[..., Path]


def names(course: Course, *paths: Path) -> list[str]:
    return [student.name for student in find_students(course, list(paths))]


def refused(course: Course, *paths: Path) -> SubmissionError:
    with pytest.raises(SubmissionError) as caught:
        find_students(course, list(paths))
    assert caught.value.exit_code == 2
    assert caught.value.feedback.next_step
    return caught.value


# -- who ----------------------------------------------------------------------------------------


def test_a_class_is_its_students_folders_sorted_by_name_whatever_their_case(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in({"chloe/doubles.py": "", "Ben/doubles.py": "", "ada/doubles.py": ""})
    assert names(course, folder) == ["ada", "Ben", "chloe"]


def test_a_student_who_handed_in_nothing_is_in_the_class_all_the_same(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in({"ada/doubles.py": "", "ben/notes.txt": ""})
    (folder / "chloe").mkdir()
    assert names(course, folder) == ["ada", "ben", "chloe"]


def test_hidden_folders_caches_and_files_are_no_students(course: Course, hand_in: HandIn) -> None:
    folder = hand_in({".git/x": "", "__pycache__/x": "", "README.md": "", "grades.csv": "", "ada/x.py": ""})
    assert names(course, folder) == ["ada"]


@pytest.mark.parametrize("place", ["doubles.py", "02_halves/halves.py"])
def test_one_students_own_folder_can_be_named(course: Course, hand_in: HandIn, place: str) -> None:
    folder = hand_in({f"ada/{place}": "", "ben/doubles.py": ""})
    (student,) = find_students(course, [folder / "ada"])
    assert student.name == "ada"


def test_a_students_folder_is_named_after_itself_also_from_inside(
    course: Course, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(hand_in({"ada/doubles.py": ""}) / "ada")
    assert names(course, Path()) == ["ada"]


def test_several_classes_are_one(course: Course, hand_in: HandIn) -> None:
    monday = hand_in({"ada/doubles.py": ""}, name="monday")
    tuesday = hand_in({"ben/doubles.py": "", "abe/doubles.py": ""}, name="tuesday")
    assert names(course, monday, tuesday) == ["abe", "ada", "ben"]


# -- which files --------------------------------------------------------------------------------


def test_a_file_is_found_in_both_layouts_and_missing_is_none(course: Course, hand_in: HandIn) -> None:
    folder = hand_in({"ada/doubles.py": "", "ada/02_halves/halves.py": "", "ben/halves.py": ""})
    doubles, halves = course.exercises
    ada, ben = find_students(course, [folder])
    assert str(ada.submission(doubles)) == str(folder / "ada" / "doubles.py")
    assert str(ada.submission(halves)) == str(folder / "ada" / "02_halves" / "halves.py")
    assert ben.submission(doubles) is None
    assert str(ben.submission(halves)) == str(folder / "ben" / "halves.py")


def test_a_dangling_link_is_a_submission_that_will_be_refused_and_not_missing(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in({"ada/halves.py": ""})
    (folder / "ada" / "doubles.py").symlink_to(folder / "nowhere")
    (ada,) = find_students(course, [folder])
    assert str(ada.submission(course.exercises[0])) == str(folder / "ada" / "doubles.py")


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, source in members.items():
            file.writestr(name, source)
    return path


def test_students_may_hand_in_archives(course: Course, hand_in: HandIn) -> None:
    """In the class itself, named after the student, or in the student's folder."""
    folder = hand_in({"ada/doubles.py": "", "ben/notes.txt": ""})
    inside = zipped(folder / "ben" / "homework.zip", {"work/doubles.py": "", "work/dubbles.py": ""})
    own = zipped(folder / "chloe.zip", {"02_halves/halves.py": ""})
    (folder / "README.md").touch()
    doubles, halves = course.exercises
    ada, ben, chloe = find_students(course, [folder])
    assert [student.name for student in (ada, ben, chloe)] == ["ada", "ben", "chloe"]
    assert str(ben.submission(doubles)) == f"{inside}: work/doubles.py"
    assert ben.submission(halves) is None
    assert chloe.submission(doubles) is None
    assert str(chloe.submission(halves)) == f"{own}: 02_halves/halves.py"
    assert ben.strange_files(course) == ["homework.zip: work/dubbles.py"]
    assert chloe.strange_files(course) == []


def test_an_archive_that_cannot_be_read_is_a_submission_that_will_be_refused(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in({"ada/doubles.py": ""})
    (folder / "ben.zip").write_bytes(b"no archive")
    _, ben = find_students(course, [folder])
    assert str(ben.submission(course.exercises[0])) == str(folder / "ben.zip")
    assert ben.strange_files(course) == []


def test_a_folder_and_an_archive_of_one_name_are_refused(course: Course, hand_in: HandIn) -> None:
    folder = hand_in({"ada/doubles.py": ""})
    zipped(folder / "Ada.zip", {"doubles.py": ""})
    assert "Two students are called" in refused(course, folder).feedback.happened


def test_a_students_folder_that_is_a_link_is_found_and_will_be_refused(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    """Else one student could have another's work, or the instructor's files, graded as their own."""
    folder = hand_in({"ada/doubles.py": "secret"})
    (folder / "ben").symlink_to(folder / "ada")
    _, ben = find_students(course, [folder])
    source = ben.submission(course.exercises[0])
    assert source is not None
    with pytest.raises(SubmissionError, match="is a link or no folder"):
        copy_submission(source, course.exercises[0], tmp_path)


def test_files_of_no_exercise_are_listed(course: Course, hand_in: HandIn) -> None:
    folder = hand_in(
        {
            "ada/doubles.py": "",
            "ada/dubbles.py": "",
            "ada/01_doubles/old.py": "",
            "ada/notes.txt": "",
            "ada/__pycache__/x.py": "",
            "ada/02_halves/halves.py": "",
        }
    )
    (ada,) = find_students(course, [folder])
    assert ada.strange_files(course) == ["01_doubles/old.py", "dubbles.py"]


def test_a_file_of_the_right_name_in_the_wrong_place_is_listed(course: Course, hand_in: HandIn) -> None:
    """It is not graded either, and nobody would know why."""
    folder = hand_in({"ada/halves.py": "", "ada/homework/doubles.py": ""})
    (ada,) = find_students(course, [folder])
    assert ada.submission(course.exercises[0]) is None
    assert ada.strange_files(course) == ["homework/doubles.py"]


# -- what is refused ------------------------------------------------------------------------------


def test_an_empty_class_is_refused(course: Course, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    error = refused(course, tmp_path / "class")
    assert error.feedback.happened == "There is no submission to grade."
    assert error.feedback.evidence == [f"looked in {tmp_path / 'class'}"]
    assert "doubles.py" in error.feedback.next_step


def test_a_missing_folder_is_refused(course: Course, tmp_path: Path) -> None:
    error = refused(course, tmp_path / "clas")
    assert error.feedback.happened == f"{tmp_path / 'clas'} does not exist."


def test_a_file_instead_of_a_folder_is_refused_and_shown_the_way(course: Course, hand_in: HandIn) -> None:
    path = hand_in({"ada/doubles.py": ""}) / "ada" / "doubles.py"
    error = refused(course, path)
    assert error.feedback.happened == f"{path} is a file, not a folder."
    assert "chefs check --submission FILE" in error.feedback.next_step


def test_two_names_that_differ_in_case_alone_are_refused(course: Course, hand_in: HandIn) -> None:
    monday = hand_in({"Ada/doubles.py": ""}, name="monday")
    tuesday = hand_in({"ada/doubles.py": ""}, name="tuesday")
    error = refused(course, monday, tuesday)
    assert "Two students are called 'ada'." in error.feedback.happened
    assert error.feedback.evidence == [str(monday / "Ada"), str(tuesday / "ada")]


def test_two_names_that_look_the_same_are_refused(course: Course, hand_in: HandIn) -> None:
    """`zoë` may be four characters or five; a gradebook that composes them sees one student."""
    composed, decomposed = (unicodedata.normalize(form, "zoë") for form in ("NFC", "NFD"))
    assert composed != decomposed
    monday = hand_in({f"{composed}/doubles.py": ""}, name="monday")
    tuesday = hand_in({f"{decomposed}/doubles.py": ""}, name="tuesday")
    assert len(refused(course, monday, tuesday).feedback.evidence) == 2


def test_a_class_that_is_named_twice_is_refused(course: Course, hand_in: HandIn) -> None:
    folder = hand_in({"ada/doubles.py": ""})
    assert "'ada'" in refused(course, folder, folder).feedback.happened


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are always text")
def test_a_name_that_is_not_text_does_not_stop_the_class(course: Course, hand_in: HandIn) -> None:
    folder = hand_in({"ada/doubles.py": ""})
    (folder / "b\udcffn").mkdir()
    assert len(find_students(course, [folder])) == 2
