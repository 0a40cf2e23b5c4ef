"""Primes counted in four ways, for the scaling curves: benchmarks/speedup/scaling.py."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from multiprocessing import Pool, Process, Queue
from multiprocessing.queues import Queue as QueueOf

MESSAGE = 25  # numbers a message, where they talk too much


def count(first: int, last: int) -> int:
    """How many primes there are from `first` on, below `last`."""
    return sum(all(number % divisor for divisor in range(3, isqrt(number) + 1, 2))
               for number in range(first | 1, last, 2) if number > 1)  # fmt: skip


def pieces(limit: int, number: int) -> Iterator[tuple[int, int]]:
    """So many ranges up to the limit, as long as each other; the later ones are more work."""
    step = -(-limit // number)
    step += step % 2
    return ((first, min(first + step, limit)) for first in range(0, limit, step))


def alone(limit: int) -> int:
    """The baseline."""
    return count(0, limit)


def reference(limit: int, workers: int) -> int:
    """A pool, and eight pieces a worker, handed out as workers get free."""
    with Pool(workers) as pool:
        return sum(pool.starmap(count, pieces(limit, 8 * workers), chunksize=1))


def into(results: QueueOf[int], first: int, last: int) -> None:
    results.put(count(first, last))


def chunky(limit: int, workers: int) -> int:
    """A process a piece, one piece a worker: all wait for the last, with the largest numbers."""
    results: QueueOf[int] = Queue()
    started = [Process(target=into, args=(results, *piece)) for piece in pieces(limit, workers)]
    for process in started:
        process.start()
    total = sum(results.get() for _ in started)
    for process in started:
        process.join()
    return total


def chatty(limit: int, workers: int) -> int:
    """A pool, and a message to and fro for every few numbers."""
    with Pool(workers) as pool:
        return sum(pool.starmap(count, pieces(limit, limit // MESSAGE), chunksize=1))


def serial(limit: int, workers: int) -> int:  # noqa: ARG001 - that is what is wrong with it
    """One process, whatever `workers` says."""
    return count(0, limit)
