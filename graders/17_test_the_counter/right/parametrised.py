"""One test for each call, made by parametrize; ids in an Array that every chef writes into."""

import os
from functools import partial
from multiprocessing import Array, Barrier, synchronize
from multiprocessing.sharedctypes import SynchronizedArray
from threading import BrokenBarrierError

import pytest

from counter import count_up

LIMIT = 1.0  # seconds: nobody in a test waits for ever


def sign_in(book: "SynchronizedArray[int]") -> None:
    """Write the process id into the first free place."""
    with book.get_lock():
        book[list(book).index(0)] = os.getpid()


def meet(barrier: "synchronize.Barrier") -> None:
    """A pause in which a chef waits at the barrier, for LIMIT seconds at most."""
    try:
        barrier.wait(timeout=LIMIT)
    except BrokenBarrierError:
        pass


@pytest.mark.parametrize(("chefs", "plates"), [(1, 1), (2, 2), (1, 300), (4, 0)])
def test_twice_the_same(chefs: int, plates: int) -> None:
    """Each sum is right, and right again."""
    assert [count_up(chefs, plates), count_up(chefs, plates)] == [chefs * plates] * 2


@pytest.mark.parametrize(("chefs", "plates"), [(0, 0), (-1, 2), (2, -2)])
def test_refusals(chefs: int, plates: int) -> None:
    """What makes no sense is refused."""
    with pytest.raises(ValueError):
        count_up(chefs, plates)


def test_each_chef_is_a_process() -> None:
    """Three chefs are three processes, and none of them is this one."""
    book = Array("i", 4)
    count_up(4, 1, pause=partial(sign_in, book))
    assert len({*book, 0, os.getpid()}) == 6


def test_no_plate_is_lost() -> None:
    """Two chefs who are both held up between read and write lose no plate."""
    assert count_up(2, 1, pause=partial(meet, Barrier(2))) == 2


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__]))
