"""17 test_the_counter: tests that tell a right counter from a wrong one.

Run it with `python -m pytest test_the_counter.py`; check it with `chefs check 17`.
"""

import os
from functools import partial
from multiprocessing import Barrier, Queue, queues, synchronize
from threading import BrokenBarrierError

import pytest

from counter import count_up

LIMIT = 1.0  # seconds: nobody in a test waits for ever


def sign_in(book: "queues.Queue[int]") -> None:
    """A pause in which a chef writes its process id into the book. It is given."""
    book.put(os.getpid())


def meet(barrier: "synchronize.Barrier") -> None:
    """A pause in which a chef waits at the barrier, for LIMIT seconds at most."""
    # Task 3: wait at the barrier; if nobody else comes in time, go on alone.
    ### BEGIN SOLUTION
    try:
        barrier.wait(timeout=LIMIT)
    except BrokenBarrierError:
        pass
    ### END SOLUTION


def test_sums() -> None:
    """Whatever it is asked for, it counts right, or it refuses."""
    # Task 1: test the sums: small ones, big ones, none, the same again; and what must raise ValueError.
    ### BEGIN SOLUTION
    for chefs, plates in [(1, 1), (2, 3), (2, 0), (3, 50), (2, 3)]:
        assert count_up(chefs, plates) == chefs * plates
    for chefs, plates in [(0, 1), (1, -1)]:
        with pytest.raises(ValueError):
            count_up(chefs, plates)
    ### END SOLUTION


def test_each_chef_is_a_process() -> None:
    """Three chefs are three processes, and none of them is this one."""
    # Task 2: have three chefs sign in, one plate each; take their ids out of the book and compare.
    ### BEGIN SOLUTION
    book: queues.Queue[int] = Queue()
    count_up(3, 1, pause=partial(sign_in, book))
    chefs = {book.get(timeout=LIMIT) for _ in range(3)}
    assert len(chefs) == 3
    assert os.getpid() not in chefs
    ### END SOLUTION


def test_no_plate_is_lost() -> None:
    """Two chefs who are both held up between read and write lose no plate."""
    # Task 3: let two chefs, one plate each, meet between read and write; no plate may be lost.
    ### BEGIN SOLUTION
    assert count_up(2, 1, pause=partial(meet, Barrier(2))) == 2
    ### END SOLUTION


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__]))
