"""The watch over what tests leave behind: it sees what there is, and takes nobody else's for a test's."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from manychefs.sandbox import tree
from tests.conftest import SHM, children, mapped_by_others


def test_a_child_between_two_programs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fork server of all tests was, when a first test began, and then it looked like one left behind."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        seen = tree.look(child.pid)
        assert seen is not None
        assert f"process {child.pid}" in children()
        monkeypatch.setattr(tree, "look", lambda pid: replace(seen, pid=pid, role="in between"))
        assert f"process {child.pid}" in children()
        monkeypatch.undo()
        child.communicate(b"\n")
    assert f"process {child.pid}" not in children()


@pytest.fixture
def semaphore() -> Iterator[str]:
    """A semaphore with a name, as one made for spawn keeps it; this process has it in its memory."""
    lock = multiprocessing.get_context("spawn").Lock()
    yield f"{SHM}/sem.{lock._semlock.name.removeprefix('/')}"
    del lock


@pytest.mark.skipif(not SHM.is_dir(), reason="named semaphores are files on Linux only")
def test_what_another_program_uses_is_not_the_tests(semaphore: str) -> None:
    nobodys = f"{SHM}/sem.mp-nobody"
    assert mapped_by_others({semaphore, nobodys}, own=set()) == {semaphore}
    assert mapped_by_others({semaphore, nobodys}, own={os.getpid()}) == set()
