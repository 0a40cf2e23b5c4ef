"""Right, and by way of nearly all that multiprocessing has: what a layer forbids by mistake shows here.

against: fresh
verdicts: test_adds_up passed, test_leaves_nothing passed
holds: bwrap unshare landlock none
"""

from multiprocessing import Barrier, Event, Lock, Manager, Pool, Process, Queue, Value
from multiprocessing.shared_memory import SharedMemory


def add(tally, increments, everybody, counted, name, lock):
    everybody.wait()
    block = SharedMemory(name)
    for _ in range(increments):
        with tally.get_lock():
            tally.value += 1
        with lock:
            block.buf[0] = (block.buf[0] + 1) % 256
    block.close()
    counted.put(increments)


def one(_):
    return 1


def count_up(processes, increments):
    with Pool(2) as pool:
        assert pool.map(one, range(4)) == [1] * 4
    with Manager() as manager:
        assert list(manager.list([1])) == [1]
    tally, everybody, counted, lock = Value("i", 0), Barrier(processes), Queue(), Lock()
    block = SharedMemory(create=True, size=16)
    try:
        block.buf[0] = 0
        arguments = (tally, increments, everybody, counted, block.name, lock)
        chefs = [Process(target=add, args=arguments) for _ in range(processes)]
        for chef in chefs:
            chef.start()
        total = sum(counted.get() for _ in chefs)
        for chef in chefs:
            chef.join()
        assert total == tally.value and block.buf[0] == total % 256
    finally:
        block.close()
        block.unlink()
    return total
