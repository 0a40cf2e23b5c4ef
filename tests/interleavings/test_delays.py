"""Random pauses change when steps happen, and nothing else: tried in hosts of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from manychefs.course import Limits, StartMethod
from manychefs.sandbox.host import Host

METHODS: tuple[StartMethod, ...] = ("fork", "spawn", "forkserver")

PROGRAM = """
import ctypes, multiprocessing as mp

def cook(lock, tally, raw, array, queue, simple, pipe, semaphore, condition, event, barrier):
    barrier.wait()
    with lock:
        tally.value += 1
    with tally.get_lock():
        raw.value = raw.value * 2
        array[1] += 5
        array[:1] = [9]
    assert semaphore.acquire(timeout=60)
    assert not semaphore.acquire(block=False)
    semaphore.release()
    queue.put(('item', tally.value))
    simple.put(1)
    pipe.send(b'x')
    with condition:
        condition.notify_all()
    event.set()

def everything():
    manager = mp.Barrier(2)
    lock, tally, raw, array = mp.Lock(), mp.Value('i', 1), mp.RawValue(ctypes.c_double, 1.5), mp.Array('i', 3)
    queue, simple, (mine, other) = mp.Queue(), mp.SimpleQueue(), mp.Pipe()
    condition, event = mp.Condition(), mp.Event()
    parts = (lock, tally, raw, array, queue, simple, other, mp.Semaphore(1), condition, event, manager)
    chef = mp.Process(target=cook, args=parts)
    with condition:
        chef.start()
        manager.wait()
        assert condition.wait(timeout=60)
    results = [queue.get(), simple.get(), mine.recv(), event.wait(60)]
    chef.join()
    return results + [tally.value, raw.value, list(array), queue.empty(), chef.exitcode]

def texts():
    word, letter = mp.Array('c', 5), mp.Value('c', b'a')
    word.value = b'pan'
    letter.value = b'b'
    return word.value, letter.value, mp.Value('d', 0.5).value, mp.RawArray('i', [1, 2])[:]

def in_pools():
    from concurrent.futures import ProcessPoolExecutor
    # One after the other: forking the executor's workers beside a pool's threads may deadlock.
    with mp.Pool(2) as pool:
        done = pool.map(abs, [-1, -2])
    with ProcessPoolExecutor(2) as executor:
        return done + list(executor.map(abs, [-3]))
"""


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[dict[StartMethod, Host]]:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    hosts = {method: Host(path, method, Limits(seconds=60)) for method in METHODS}
    yield hosts
    for host in hosts.values():
        host.close()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["everything", "texts", "in_pools"])
def test_a_right_program_computes_the_same_with_pauses_as_without(hosts, method, name):
    host = hosts[method]
    plain = host.call(name)
    assert plain.how == "value", plain.error
    for seed in (1, 2):
        paused = host.call(name, delays=seed)
        assert (paused.how, paused.value) == ("value", plain.value)
        assert not paused.leftovers


def test_pauses_of_one_call_are_not_in_the_next(hosts):
    host = hosts["fork"]
    host.call("texts", delays=1)
    assert host.call("texts").value == (b"pan", b"b", 0.5, [1, 2])
