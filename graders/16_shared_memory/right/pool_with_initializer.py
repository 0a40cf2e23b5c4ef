"""A pool whose workers attach once, when they start; the parts of the weight come back as results."""

from multiprocessing import Pool
from multiprocessing.shared_memory import SharedMemory


def bake(loaf, burnt):
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


state = {}


def attach(name):
    state["block"] = SharedMemory(name=name)


def share(first, last, burnt):
    weight = 0
    with state["block"].buf.cast("q") as table:
        for loaf in range(first, last):
            table[loaf] = bake(loaf, burnt)
            weight += table[loaf]
    return weight


def bake_all(count, chefs, asked, burnt=-1):
    block = SharedMemory(create=True, size=max(1, count) * 8)
    try:
        shares = [count * number // chefs for number in range(chefs + 1)]
        work = [(first, last, burnt) for first, last in zip(shares, shares[1:])]
        with Pool(chefs, initializer=attach, initargs=(block.name,)) as pool:
            weight = sum(pool.starmap(share, work, chunksize=1))
        with block.buf.cast("q") as table:
            return weight, [table[loaf] for loaf in asked]
    finally:
        block.close()
        block.unlink()
