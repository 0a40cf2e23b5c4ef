"""The real view on a real terminal, killed in the middle: no process, no edit and no progress is lost."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from manychefs.course import Course
from manychefs.outputs.progress import Progress

Save = Callable[..., Path]
Eventually = Callable[[Callable[[], object], str], None]

pytestmark = pytest.mark.slow


class Screen:
    """A terminal with the view in it; what it draws is read and dropped, so that it never waits."""

    def __init__(self, start: Callable[..., subprocess.Popen[bytes]]) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = start(stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            while os.read(self._ours, 65536):
                pass
        except OSError:  # how Linux tells that the other end has been closed
            pass

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        os.close(self._ours)


@pytest.fixture
def screen(start: Callable[..., subprocess.Popen[bytes]]) -> Iterator[Screen]:
    made = Screen(start)
    yield made
    made.close()


def test_killed_in_the_middle_it_loses_nothing_and_leaves_nothing(
    kitchen: Course, screen: Screen, save: Save, answers: dict[str, str], eventually: Eventually,
    hanging: Callable[[], tuple[str, Path]], own_tmpdir: Path,
) -> None:  # fmt: skip
    progress, first = Progress(kitchen), kitchen.find("01")
    eventually(lambda: progress.current(first), "the stub is checked")
    save("01", answers["right"])
    eventually(lambda: progress.has_passed(first), "the right answer passes")
    source, marker = hanging()
    path = save("01", source)
    eventually(lambda: marker.exists() and marker.read_text(), "the hanging program begins")
    screen.press("h")
    eventually(lambda: progress.hints(first), "a hint is shown")
    below = psutil.Process(screen.process.pid).children(recursive=True)
    assert len(below) >= 3  # the graders' server, a grader, a host, the call and its process

    screen.process.send_signal(signal.SIGKILL)
    assert screen.process.wait() == -signal.SIGKILL

    _, alive = psutil.wait_procs(below, timeout=60)
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []
    assert path.read_text() == source
    assert progress.has_passed(first)
    assert progress.hints(first) == {(1, 1)}
    last = progress.last(first)
    assert last is not None
    assert last[0].score == 7
    for left in own_tmpdir.glob("manychefs-*"):  # the folder of the run that was killed: nobody was left to
        subprocess.run(["rm", "-r", str(left)], check=True)


@pytest.mark.parametrize("how", ["q", "hang-up"])
def test_leaving_in_the_middle_ends_the_run_and_the_command(
    how: str,
    screen: Screen, save: Save, eventually: Eventually,
    hanging: Callable[[], tuple[str, Path]],
) -> None:  # fmt: skip
    source, marker = hanging()
    save("01", source)
    eventually(lambda: marker.exists() and marker.read_text(), "the hanging program begins")
    below = psutil.Process(screen.process.pid).children(recursive=True)
    if how == "q":
        screen.press("q")
    else:
        screen.process.send_signal(signal.SIGHUP)
    assert screen.process.wait(60) == 0
    _, alive = psutil.wait_procs(below, timeout=60)
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []
