"""A broken barrier fails the chef: the test wants both between read and write, which a right counter forbids.

caught-by: test_right_counters_pass
says: BrokenBarrierError
may-fail: test_lost_updates_are_caught
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
    barrier.wait(timeout=LIMIT)


def test_sums() -> None:
    """Whatever it is asked for, it counts right, or it refuses."""
    for chefs, plates in [(1, 1), (2, 3), (2, 0), (3, 50), (2, 3)]:
        assert count_up(chefs, plates) == chefs * plates
    for chefs, plates in [(0, 1), (1, -1)]:
        with pytest.raises(ValueError):
            count_up(chefs, plates)


def test_each_chef_is_a_process() -> None:
    """Three chefs are three processes, and none of them is this one."""
    book: queues.Queue[int] = Queue()
    count_up(3, 1, pause=partial(sign_in, book))
    chefs = {book.get(timeout=LIMIT) for _ in range(3)}
    assert len(chefs) == 3
    assert os.getpid() not in chefs


def test_no_plate_is_lost() -> None:
    """Two chefs who are both held up between read and write lose no plate."""
    assert count_up(2, 1, pause=partial(meet, Barrier(2))) == 2


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__]))
