"""A test that can never pass catches every counter, the right ones included.

caught-by: test_right_counters_pass
says: fails beside a right
may-fail: test_wrong_sums_are_caught, test_missing_processes_are_caught, test_lost_updates_are_caught, test_every_line_is_run
"""

import os
from functools import partial
from multiprocessing import Barrier, Queue, queues, synchronize
from threading import BrokenBarrierError

import pytest

from counter import count_up

LIMIT = 1.0  # seconds: nobody in a test waits for ever


def sign_in(book: "queues.Queue[int]") -> None:
    """A pause in which a chef writes its process id into the book."""
    book.put(os.getpid())


def meet(barrier: "synchronize.Barrier") -> None:
    """A pause in which a chef waits at the barrier, for LIMIT seconds at most."""
    try:
        barrier.wait(timeout=LIMIT)
    except BrokenBarrierError:
        pass


def test_counter() -> None:
    """It fails."""
    assert count_up(2, 3) == 7


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__]))
