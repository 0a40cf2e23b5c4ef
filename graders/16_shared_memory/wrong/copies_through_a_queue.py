"""Each chef sends his loaves through a queue, and the main process puts them on the table.

caught-by: test_nothing_is_carried
says: carried from process to process
may-fail: test_faster_than_serial
"""

from multiprocessing import Process, SimpleQueue
from multiprocessing.shared_memory import SharedMemory


def bake(loaf, burnt):
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


def chef(loaves, first, last, burnt):
    loaves.put((first, [bake(loaf, burnt) for loaf in range(first, last)]))


def bake_all(count, chefs, asked, burnt=-1):
    block = SharedMemory(create=True, size=(count + 1) * 8)
    try:
        loaves = SimpleQueue()
        shares = [count * number // chefs for number in range(chefs + 1)]
        processes = [Process(target=chef, args=(loaves, a, b, burnt)) for a, b in zip(shares, shares[1:])]
        for process in processes:
            process.start()
        with block.buf.cast("q") as table:
            try:
                for _ in processes:
                    while loaves.empty() and any(process.is_alive() for process in processes):
                        if any(process.exitcode for process in processes):
                            raise RuntimeError("a chef failed")
                    first, some = loaves.get() if not loaves.empty() else (0, [])
                    for number, loaf in enumerate(some, first):
                        table[number] = loaf
                        table[count] += loaf
                if any(process.exitcode for process in processes):
                    raise RuntimeError("a chef failed")
            finally:
                for process in processes:
                    process.join()
            return table[count], [table[loaf] for loaf in asked]
    finally:
        block.close()
        block.unlink()
