"""The student's editor: it gets the terminal, and what it leaves running is not taken for a submission's."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import psutil
import pytest

from manychefs.errors import ChefsError
from manychefs.sandbox import tree
from manychefs.sandbox.scratch import own_children
from manychefs.watch import editor


def test_an_editor_that_stays_in_the_background_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "my editor"
    script.write_text('#!/bin/sh\necho edited > "$1"\nsleep 600 &\necho $! > "$1.pid"\n')
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", f"'{script}'")
    path = tmp_path / "doubles.py"
    before = set(own_children)
    editor.edit(path, contextlib.nullcontext)
    assert path.read_text() == "edited\n"
    (keeper,) = own_children - before
    background = int((tmp_path / "doubles.py.pid").read_text())
    try:
        assert psutil.Process(background).ppid() == keeper
        monkeypatch.setattr(tree, "_adopting", True)
        assert keeper not in tree.orphans(own_children)
    finally:
        os.kill(background, signal.SIGKILL)
        (kept,) = editor._keepers
        assert kept.wait() == 0
        editor._forget_ended()
        assert editor._keepers == []
        assert own_children == before


def test_an_editor_that_cannot_have_the_terminal_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "true")

    @contextlib.contextmanager
    def refuses():  # type: ignore[no-untyped-def]
        raise editor.SuspendNotSupported("no terminal")
        yield

    with pytest.raises(ChefsError, match="true could not be started"):
        editor.edit(tmp_path / "doubles.py", refuses)


def test_no_editor_at_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(editor, "EDITORS", ())
    with pytest.raises(ChefsError, match="No editor was found"):
        editor.edit(tmp_path / "doubles.py", contextlib.nullcontext)
