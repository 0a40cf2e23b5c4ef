"""A manager's list: every loaf is a message to the manager's process, and every look another one.

caught-by: test_nothing_is_carried
says: carried
may-fail: test_faster_than_serial, test_the_chefs_bake
"""

from multiprocessing import Lock, Manager, Process


def bake(loaf, burnt):
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


def chef(table, lock, first, last, burnt):
    loaves = [bake(loaf, burnt) for loaf in range(first, last)]
    table[first:last] = loaves
    with lock:
        table[-1] += sum(loaves)


def bake_all(count, chefs, asked, burnt=-1):
    lock = Lock()
    with Manager() as manager:
        table = manager.list([0] * (count + 1))
        shares = [count * number // chefs for number in range(chefs + 1)]
        processes = [Process(target=chef, args=(table, lock, a, b, burnt)) for a, b in zip(shares, shares[1:])]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        if any(process.exitcode for process in processes):
            raise RuntimeError("a chef failed")
        loaves = table[:]
    return loaves[count], [loaves[loaf] for loaf in asked]
