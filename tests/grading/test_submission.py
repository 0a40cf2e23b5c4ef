"""One plain file of the student's is taken in, and nothing else."""

from __future__ import annotations

import os
import socket
import zipfile
from pathlib import Path

import pytest

from manychefs.errors import SubmissionError
from manychefs.grading.submission import LARGEST_FILE, Source, copy_submission, find_submission


@pytest.fixture
def exercise(tiny_course):
    return tiny_course("").exercise


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def refused(path, exercise, folder) -> str:
    """Why it is refused; nothing has been copied."""
    with pytest.raises(SubmissionError) as error:
        copy_submission(path, exercise, folder)
    assert not list(folder.iterdir())
    assert error.value.feedback.next_step
    return error.value.feedback.text()


@pytest.mark.parametrize("name", ["tally.py", "tally (1).py", "anna müller.txt"])
def test_a_file_is_copied_under_the_exercises_name_whatever_its_own(exercise, inbox, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"x = 1\r\n\xff")
    copy = copy_submission(path, exercise, inbox)
    assert copy == inbox / "tally.py"
    assert copy.read_bytes() == b"x = 1\r\n\xff"


@pytest.mark.parametrize("place", ["tally.py", "01_tally/tally.py"])
def test_a_folder_is_searched_for_the_exercises_file(exercise, tmp_path, place):
    path = tmp_path / "ada" / place
    path.parent.mkdir(parents=True)
    path.touch()
    assert find_submission(tmp_path / "ada", exercise).path == path


def test_nothing_that_lies_beside_it_comes_along(exercise, inbox, tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    shadows = ("multiprocessing.py", "manychefs.py", "json.py", "__init__.py")
    settings = ("conftest.py", "pytest.ini", "tox.ini", "sitecustomize.py", "usercustomize.py", "evil.pth")
    for name in ("tally.py", *shadows, *settings):
        (folder / name).touch()
    copy_submission(folder, exercise, inbox)
    assert [each.name for each in inbox.iterdir()] == ["tally.py"]


def test_a_link_is_not_followed(exercise, inbox, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("token")
    link = tmp_path / "ada" / "tally.py"
    link.parent.mkdir()
    link.symlink_to(secret)
    assert "it is a symbolic link" in refused(link, exercise, inbox)
    assert "it is a symbolic link" in refused(link.parent, exercise, inbox)


@pytest.mark.parametrize("place", ["ada", "ada/01_tally"])
def test_a_folder_on_the_way_that_is_a_link_is_not_followed(exercise, inbox, tmp_path, place):
    """Below the folder that the instructor named; above it they may have what links they like."""
    (tmp_path / "elsewhere" / "01_tally").mkdir(parents=True)
    for folder in ("elsewhere", "elsewhere/01_tally"):
        (tmp_path / folder / "tally.py").write_text("secret")
    link = tmp_path / "class" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "elsewhere" / ("01_tally" if "/" in place else ""))
    source = find_submission(tmp_path / "class" / "ada", exercise, tmp_path / "class")
    assert "is a link or no folder" in refused(source, exercise, inbox)
    (tmp_path / "named").symlink_to(tmp_path / "elsewhere")
    assert copy_submission(tmp_path / "named", exercise, inbox).read_text() == "secret"


def test_a_path_that_climbs_is_refused(exercise, inbox, tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "tally.py").touch()
    climbing = Source(tmp_path / "class" / "ada" / ".." / ".." / "tally.py", tmp_path / "class")
    assert "climbs out of its folder" in refused(climbing, exercise, inbox)


def test_a_file_with_a_second_name_is_refused(exercise, inbox, tmp_path):
    """It may be somebody else's, or the solution."""
    (tmp_path / "solution.py").write_text("secret")
    (tmp_path / "tally.py").hardlink_to(tmp_path / "solution.py")
    assert "2 names (hard links)" in refused(tmp_path / "tally.py", exercise, inbox)


def test_a_sparse_giant_is_refused_without_being_read(exercise, inbox, tmp_path):
    path = tmp_path / "tally.py"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert f"{1 << 40:,} bytes" in refused(path, exercise, inbox)


def test_a_link_to_nowhere_is_said_to_be_one(exercise, inbox, tmp_path):
    link = tmp_path / "tally.py"
    link.symlink_to("nowhere")
    assert "links, folders and devices are not followed" in refused(link, exercise, inbox)


@pytest.mark.timeout(10)
def test_a_socket_is_refused(exercise, inbox, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("tally.py")
        assert "it is a socket" in refused(Path("tally.py"), exercise, inbox)


@pytest.mark.timeout(10)
def test_a_named_pipe_is_refused_and_not_waited_for(exercise, inbox, tmp_path):
    pipe = tmp_path / "tally.py"
    os.mkfifo(pipe)
    assert "not a regular file" in refused(pipe, exercise, inbox)


def test_a_device_is_refused(exercise, inbox):
    assert "not a regular file" in refused(Path("/dev/zero"), exercise, inbox)


def test_a_folder_of_the_files_name_is_refused(exercise, inbox, tmp_path):
    (tmp_path / "ada" / "tally.py").mkdir(parents=True)
    assert "not a regular file" in refused(tmp_path / "ada", exercise, inbox)


def test_two_archives_with_the_answer_leave_it_open_and_are_refused(exercise, inbox, tmp_path):
    for name in ("monday.zip", "tuesday.zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as file:
            file.writestr("tally.py", "")
    assert "more than once" in refused(tmp_path, exercise, inbox)
    assert "more than once" in refused(Source(tmp_path, tmp_path), exercise, inbox)


def test_a_file_that_is_too_large_is_refused_with_its_size(exercise, inbox, tmp_path):
    path = tmp_path / "tally.py"
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    assert f"{LARGEST_FILE + 1:,} bytes" in refused(path, exercise, inbox)
    path.write_bytes(b"#" * LARGEST_FILE)
    assert copy_submission(path, exercise, inbox).stat().st_size == LARGEST_FILE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(exercise, inbox, tmp_path):
    path = tmp_path / "tally.py"
    path.touch(mode=0o000)
    assert "Permission denied" in refused(path, exercise, inbox)


@pytest.mark.parametrize("name", ["nowhere.py", "nowhere/tally.py"])
def test_a_path_to_nothing_is_told_as_such(exercise, inbox, tmp_path, name):
    assert "There is no file" in refused(tmp_path / name, exercise, inbox)


def test_a_folder_without_the_file_says_where_it_was_looked_for(exercise, inbox, tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    text = refused(folder, exercise, inbox)
    assert str(folder / "tally.py") in text
    assert str(folder / "01_tally" / "tally.py") in text
