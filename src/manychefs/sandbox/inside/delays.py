"""Random delays around shared operations, so that repeated real runs meet the rare interleavings.

Between two steps that touch what processes share, a program that runs on an idle machine is almost
never interrupted: an unlocked `value += 1`, two processes, two rounds each, lost nothing in 200
plain runs. A pause of up to a few milliseconds at such points makes the other process's step fall
into the gap. Delays can only make an order of steps more likely, never one that could not happen.

Where: before and after every lock operation, between reads and writes of shared values and arrays,
around queue, pipe and process-start calls. The seed makes a run's pauses differ from the next one's.
"""

from __future__ import annotations

import multiprocessing.synchronize
import os
import random
import time

TYPE_CHECKING = False  # loading typing would cost every process of the student's 5 ms
if TYPE_CHECKING:
    from typing import Any

LONGEST = 0.002  # seconds; about a fork's start-up, far below a deadline
ODDS = 0.5

_random = random.Random()
_seed = 0


def install(seed: int) -> None:
    """Put a possible pause around every shared operation of this process and of those it starts.

    Args:
        seed: with the process's id it decides where this run pauses.
    """
    global _seed
    _seed = seed
    _reseed()
    os.register_at_fork(after_in_child=_reseed)
    _delay_locks()
    _delay_shared_values()
    _delay_calls()


def pause() -> None:
    """Sleep for up to LONGEST, or, as often, not at all."""
    if _random.random() < ODDS:
        time.sleep(_random.random() * LONGEST)


def _reseed() -> None:
    # The pid, or all children would pause at the same places and stay in step.
    _random.seed(_seed * 1_000_003 + os.getpid())


def _delay_locks() -> None:
    native: Any = multiprocessing.synchronize._multiprocessing.SemLock  # type: ignore[attr-defined]

    class SemLock(native):  # type: ignore[misc]
        """The one lock beneath Lock, RLock, Semaphore, Condition, Event, Queue and Value."""

        def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
            pause()
            got: bool = super().acquire(block, timeout)
            return got

        def release(self) -> None:
            super().release()
            pause()

        def __enter__(self) -> bool:
            pause()
            got: bool = super().__enter__()
            return got

        def __exit__(self, *details: Any) -> None:
            super().__exit__(*details)
            pause()

    class Shim:
        """Stands in for the C module, in this one importer's eyes."""

        def __getattr__(self, name: str) -> Any:
            return SemLock if name == "SemLock" else getattr(_multiprocessing, name)

    import _multiprocessing  # type: ignore[import-not-found]

    multiprocessing.synchronize._multiprocessing = Shim()  # type: ignore[attr-defined]


def _delay_shared_values() -> None:
    import ctypes
    from multiprocessing import sharedctypes

    simple: Any = ctypes._SimpleCData
    for kind in vars(ctypes).values():
        if isinstance(kind, type) and issubclass(kind, simple) and "_type_" in vars(kind):
            _delay_property(kind, "value", simple.value)
    for name in ("__getitem__", "__setitem__", "__getslice__", "__setslice__"):
        _delay_method(sharedctypes.SynchronizedArray, name)


def _delay_property(kind: Any, name: str, native: Any) -> None:
    """Raw values, and through them Value's: pause after a read and before a write."""

    def read(self: Any) -> Any:
        value = native.__get__(self)
        pause()
        return value

    def write(self: Any, value: Any) -> None:
        pause()
        native.__set__(self, value)

    setattr(kind, name, property(read, write))


def _delay_calls() -> None:
    from multiprocessing import connection, process, queues

    for method in ("put", "get", "empty"):
        _delay_method(queues.Queue, method)
        _delay_method(queues.SimpleQueue, method)
    for method in ("send", "recv", "poll"):
        _delay_method(connection.Connection, method)
    _delay_method(process.BaseProcess, "start")


def _delay_method(kind: Any, name: str) -> None:
    native = getattr(kind, name, None)
    if native is None:
        return

    def delayed(self: Any, *args: Any, **kwargs: Any) -> Any:
        pause()
        result = native(self, *args, **kwargs)
        pause()
        return result

    setattr(kind, name, delayed)
