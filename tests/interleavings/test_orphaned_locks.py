"""A lock whose holder has ended is named as such: nobody is left who could give it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from manychefs.grading.explorer import can_steer
from manychefs.interleavings.search import Call, explore

pytestmark = pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")

PROGRAM = """
from multiprocessing import Lock, Process
import time

def work(lock):
    lock.acquire()
    time.sleep(1)
    lock.release()

def program():
    lock = Lock()
    worker = Process(target=work, args=(lock,))
    worker.start()
    worker.terminate()
    worker.join()
    with lock:
        return "closed"
"""


def test_a_worker_that_is_terminated_with_a_lock_in_its_hands(tmp_path: Path) -> None:
    path = tmp_path / "kitchen.py"
    path.write_text(PROGRAM, "utf-8")
    found = explore(Call(path, "program"), holds=lambda value: value == "closed", schedules=60)
    assert found.finding == "deadlock"
    assert found.interleaving is not None
    (waiting,) = found.interleaving.waiting
    assert waiting.waits_for == "Lock of line 11 (an orphaned lock: p1 has ended)"
    assert (waiting.held_by, waiting.held_since, waiting.line) == ("p1", 6, 16)
