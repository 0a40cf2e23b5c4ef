"""count // chefs loaves for each: those that are left over by the division are baked by nobody.

caught-by: test_every_loaf_in_its_place
says: the rest of a division
may-fail: test_any_size, test_the_chefs_bake
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
        with block.buf.cast("q") as table:
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
    shares = [count // chefs * number for number in range(chefs + 1)]
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
