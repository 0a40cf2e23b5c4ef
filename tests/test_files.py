"""Files are written whole or not at all; what stood there outlives a full disk and an interruption."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from manychefs import files
from manychefs.errors import OutputError
from manychefs.report import Machine, Report

LARGE = 1 << 20


def names(folder: Path) -> list[str]:
    """What is in a folder, hidden files and all."""
    return sorted(child.name for child in folder.iterdir())


def report(student: str = "ada") -> Report:
    return Report(
        student=student,
        exercise="01_one",
        title="T",
        submission="s",
        checks=[],
        machine=Machine(python="3", platform="Linux", cores=2),
        engine="0",
        confinement="none",
    )


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "grades.csv"
    files.write(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert names(path.parent) == ["grades.csv"]


def test_the_old_file_is_replaced_not_written_into(tmp_path: Path) -> None:
    """Who has the old one open goes on reading the old one, to its end."""
    path = tmp_path / "grades.csv"
    path.write_bytes(b"old, and longer")
    with path.open("rb") as reader:
        files.write(path, b"new")
        assert reader.read() == b"old, and longer"
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["grades.csv"]


def test_what_a_killed_process_had_begun_to_write_goes_with_the_next(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    code = (
        "import os, signal, sys; from pathlib import Path; from manychefs import files\n"
        "def parts():\n"
        "    yield b'a part'\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write_parts(Path(sys.argv[1]), parts())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -9
    (left,) = names(tmp_path)
    assert left != "grades.csv"
    alive = tmp_path / f".grades.csv.{os.getppid()}"  # another process is writing the same file
    alive.touch()
    files.write(path, b"whole")
    assert names(tmp_path) == [alive.name, "grades.csv"]


def test_a_report_has_a_folder_a_student_and_a_file_an_exercise(tmp_path: Path) -> None:
    path = files.write_report(tmp_path, report())
    assert path == tmp_path / "reports" / "ada" / "01_one.json"
    assert Report.from_json(path.read_bytes()) == report()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip("mounting a small disk needs more rights than this user has")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_disk_the_old_file_stands(small_disk: Path) -> None:
    path = small_disk / "grades.csv"
    files.write(path, b"old")
    with pytest.raises(OutputError) as caught:
        files.write(path, b"x" * LARGE)
    assert caught.value.feedback.happened == f"{path} could not be written."
    assert caught.value.feedback.cause == os.strerror(28)
    assert path.read_bytes() == b"old"
    assert names(small_disk) == ["grades.csv"]
    files.write(path, b"new")
    assert path.read_bytes() == b"new"


def test_at_the_largest_size_of_a_file_the_old_one_stands(tmp_path: Path) -> None:
    """A full disk for those who may not mount one: the system takes only a part of what is written."""
    path = tmp_path / "grades.csv"
    path.write_bytes(b"old")
    code = (
        "import sys; from pathlib import Path; from manychefs.errors import OutputError\n"
        "from manychefs import files\n"
        "try: files.write(Path(sys.argv[1]), b'x' * int(sys.argv[2]))\n"
        "except OutputError as error: sys.exit(error.exit_code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(LARGE)],
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LARGE // 2, LARGE // 2)),
    )
    assert done.returncode == 3
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["grades.csv"]


def unwritable(tmp_path: Path) -> list[Path]:
    """Places below which nobody can write, root neither."""
    (tmp_path / "file").touch()
    return [tmp_path / "file" / "grades", Path("/proc/grades")]


@pytest.mark.parametrize("place", [0, 1], ids=["below a file", "in /proc"])
def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path: Path, place: int) -> None:
    folder = unwritable(tmp_path)[place]
    for attempt in (
        lambda: files.prepare(folder),
        lambda: files.write(folder / "grades.csv", b"x"),
        lambda: files.write_report(folder, report()),
    ):
        with pytest.raises(OutputError) as caught:
            attempt()
        told = caught.value
        assert told.exit_code == 3
        assert str(folder) in told.feedback.happened
        assert told.feedback.cause
        assert "--out" in told.feedback.next_step


def test_a_folder_where_the_file_should_be_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "grades.csv" / "kept").mkdir(parents=True)
    with pytest.raises(OutputError):
        files.write(tmp_path / "grades.csv", b"x")
    assert names(tmp_path) == ["grades.csv"]
    assert names(tmp_path / "grades.csv") == ["kept"]


def test_preparing_makes_the_folder_and_leaves_nothing_in_it(tmp_path: Path) -> None:
    files.prepare(tmp_path / "a" / "b")
    assert names(tmp_path / "a" / "b") == []
    files.prepare(tmp_path / "a" / "b")
