"""A class of tests whose pause counts how many chefs are between read and write at once."""

import os
from functools import partial
from multiprocessing import Queue, Semaphore, queues

import pytest

from counter import count_up

LIMIT = 1.0  # seconds: nobody in a test waits for ever


def sign_in(book: "queues.Queue[int]") -> None:
    """A pause in which a chef writes its process id into the book."""
    book.put(os.getpid())


class Between:
    """How many chefs are between read and write: right counters let in one at a time."""

    def __init__(self) -> None:
        self.inside = Semaphore(0)
        self.others = Semaphore(0)

    def __call__(self) -> None:
        """Come in, wait for somebody else to come in as well, leave."""
        if self.inside.acquire(block=False):
            self.others.release()
        else:
            self.inside.release()
            if self.others.acquire(timeout=LIMIT):
                return
            self.inside.acquire()


class TestCounter:
    """Everything about count_up."""

    def test_sums(self) -> None:
        totals = [count_up(chefs, 50) for chefs in (1, 2, 3, 1)]
        assert totals == [50, 100, 150, 50]

    def test_refusals(self) -> None:
        for call in ((0, 5), (2, -1)):
            with pytest.raises(ValueError, match="."):
                count_up(*call)

    def test_processes(self) -> None:
        book: queues.Queue[int] = Queue()
        count_up(2, 1, partial(sign_in, book))
        one, other = book.get(timeout=LIMIT), book.get(timeout=LIMIT)
        assert os.getpid() != one != other != os.getpid()

    def test_no_lost_update(self) -> None:
        assert count_up(2, 2, Between()) == 4


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__]))
