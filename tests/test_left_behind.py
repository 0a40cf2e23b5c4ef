"""The watch over what tests leave behind: it does not take another program's semaphores for a test's."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator

import pytest

from tests.conftest import SHM, mapped_by_others

pytestmark = pytest.mark.skipif(not SHM.is_dir(), reason="named semaphores are files on Linux only")


@pytest.fixture
def semaphore() -> Iterator[str]:
    """A semaphore with a name, as one made for spawn keeps it; this process has it in its memory."""
    lock = multiprocessing.get_context("spawn").Lock()
    yield f"{SHM}/sem.{lock._semlock.name.removeprefix('/')}"
    del lock


def test_what_another_program_uses_is_not_the_tests(semaphore: str) -> None:
    nobodys = f"{SHM}/sem.mp-nobody"
    assert mapped_by_others({semaphore, nobodys}, own=set()) == {semaphore}
    assert mapped_by_others({semaphore, nobodys}, own={os.getpid()}) == set()
