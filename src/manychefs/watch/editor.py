"""Opens a file in the student's own editor.

    view ──► keeper (a subreaper) ──► editor ──► what the editor leaves running in the background
      ◄── a byte: the editor has ended

Whatever is orphaned below the view and was not started knowingly is taken for a submission's, and is
killed with the run in progress. An editor that goes into the background would be: the keeper adopts it.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from textual.app import SuspendNotSupported

from manychefs.errors import ChefsError
from manychefs.sandbox import tree
from manychefs.sandbox.scratch import own_children, own_children_lock

_keepers: list[subprocess.Popen[bytes]] = []
"""Those that still stay with an editor in the background."""
GRACE = 0.5  # seconds; a keeper that stays longer has something to stay with
EDITORS = ("nano", "micro", "vim", "vi", "emacs")  # where the environment names none


def edit(path: Path, suspend: Callable[[], AbstractContextManager[None]]) -> None:
    """Open `path` in the editor that VISUAL or EDITOR names, or in one that is there; wait until it ends.

    Args:
        suspend: gives the terminal to the editor for as long as its context lasts.

    Raises:
        ChefsError: if there is no editor, or it cannot be started, or the terminal cannot be given away.
    """
    words = _editor(path)
    try:
        with suspend():
            _run([*words, str(path)])
    except (OSError, SuspendNotSupported) as error:
        raise ChefsError(
            f"{words[0]} could not be started.",
            cause=getattr(error, "strerror", None) or "This terminal cannot be given to another program.",
            evidence=[shlex.join([*words, str(path)])],
            next_step=f"Open {path} in your editor yourself; it is checked when you save it.",
        ) from None


def _editor(path: Path) -> list[str]:
    given = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    with contextlib.suppress(ValueError):
        words = shlex.split(given)
        if words and shutil.which(words[0]):
            return words
    found = next((each for each in EDITORS if shutil.which(each)), None) if not given else None
    if found is not None:
        return [found]
    raise ChefsError(
        f"The editor {given!r} is not there." if given else "No editor was found.",
        cause="VISUAL and EDITOR name none that can be started, and none of the usual ones is installed.",
        evidence=[f"looked for {given or ', '.join(EDITORS)}"],
        next_step=f"Open {path} in your editor yourself; it is checked when you save it.",
    )


def _run(words: list[str]) -> None:
    """Run the editor below a keeper; returns when the editor has ended."""
    read, write = os.pipe()
    with os.fdopen(read, "rb") as ended:
        with own_children_lock:
            keeper = subprocess.Popen(
                [sys.executable, "-P", "-m", "manychefs.watch.editor", str(write), *words], pass_fds=[write]
            )
            own_children.add(keeper.pid)
        os.close(write)
        if not ended.read(1):
            raise OSError("it ended at once")
    _keepers.append(keeper)
    with contextlib.suppress(subprocess.TimeoutExpired):
        keeper.wait(GRACE)
    _forget_ended()


def _forget_ended() -> None:
    """Take leave of the keepers whose editors have ended altogether."""
    for each in [each for each in _keepers if each.poll() is not None]:
        _keepers.remove(each)
        own_children.discard(each.pid)


def keep(descriptor: int, words: list[str]) -> None:
    """In the keeper: run the editor, say when it has ended, stay as long as anything of it does."""
    tree.become_subreaper()
    os.set_inheritable(descriptor, False)
    code = subprocess.call(words)
    os.write(descriptor, b"0" if code == 0 else b"1")
    os.close(descriptor)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


if __name__ == "__main__":
    keep(int(sys.argv[1]), sys.argv[2:])
