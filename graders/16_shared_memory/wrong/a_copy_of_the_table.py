"""Each chef works on a list made from the table: a copy in his own memory.

caught-by: test_any_size
says: only he sees
may-fail: test_every_loaf_in_its_place, test_the_chefs_bake, test_nothing_is_carried, test_no_weight_is_lost, test_faster_than_serial
"""

from multiprocessing import Lock, Process
from multiprocessing.shared_memory import SharedMemory


def bake(loaf, burnt):
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


def chef(name, lock, count, first, last, burnt):
    block = SharedMemory(name=name)
    try:
        with block.buf.cast("q") as view:
            table = view.tolist()
            weight = 0
            for loaf in range(first, last):
                table[loaf] = bake(loaf, burnt)
                weight += table[loaf]
            with lock:
                table[count] += weight
    finally:
        block.close()


def run_chefs(name, count, chefs, burnt):
    lock = Lock()
    shares = [count * number // chefs for number in range(chefs + 1)]
    processes = [
        Process(target=chef, args=(name, lock, count, first, last, burnt))
        for first, last in zip(shares, shares[1:])
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise RuntimeError("a chef failed")


def bake_all(count, chefs, asked, burnt=-1):
    block = SharedMemory(create=True, size=(count + 1) * 8)
    try:
        run_chefs(block.name, count, chefs, burnt)
        with block.buf.cast("q") as table:
            return table[count], [table[loaf] for loaf in asked]
    finally:
        block.close()
        block.unlink()
