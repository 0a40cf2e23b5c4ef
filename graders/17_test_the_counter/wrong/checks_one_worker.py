"""Only a single chef is ever asked to count.

caught-by: test_lost_updates_are_caught
says: goes on without it
may-fail: test_missing_processes_are_caught
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


def test_sums() -> None:
    """Whatever it is asked for, it counts right, or it refuses."""
    for chefs, plates in [(1, 1), (1, 6), (1, 0), (1, 1000), (1, 6)]:
        assert count_up(chefs, plates) == chefs * plates
    for chefs, plates in [(0, 1), (1, -1)]:
        with pytest.raises(ValueError):
            count_up(chefs, plates)


def test_each_chef_is_a_process() -> None:
    """Three chefs are three processes, and none of them is this one."""
    book: queues.Queue[int] = Queue()
    count_up(1, 1, pause=partial(sign_in, book))
    chefs = {book.get(timeout=LIMIT) for _ in range(1)}
    assert len(chefs) == 1
    assert os.getpid() not in chefs


def test_no_plate_is_lost() -> None:
    """Two chefs who are both held up between read and write lose no plate."""
    assert count_up(1, 2, pause=partial(meet, Barrier(1))) == 2


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__]))
