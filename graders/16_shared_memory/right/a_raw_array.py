"""A RawArray is shared memory too, and is given back by itself; an executor runs the shares."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing.sharedctypes import RawArray


def bake(loaf, burnt):
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


shared = {}


def attach(table):
    shared["table"] = table


def share(first, last, burnt):
    table = shared["table"]
    weight = 0
    for loaf in range(first, last):
        value = table[loaf] = bake(loaf, burnt)
        weight += value
    return weight


def bake_all(count, chefs, asked, burnt=-1):
    table = RawArray("q", max(1, count))
    bounds = [count * number // chefs for number in range(chefs + 1)]
    with ProcessPoolExecutor(chefs, initializer=attach, initargs=(table,)) as executor:
        weight = sum(executor.map(share, bounds, bounds[1:], [burnt] * chefs))
    return weight, [table[loaf] for loaf in asked]
