"""Threads see the same memory without any block, and take turns at it.

caught-by: test_the_chefs_bake
says: processes
may-fail: test_faster_than_serial
"""

from concurrent.futures import ThreadPoolExecutor


def bake(loaf, burnt):
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    value = loaf
    for _ in range(10):
        value = (value * 6364136223846793005 + 1442695040888963407) % 2**61
    return value >> 21


def bake_all(count, chefs, asked, burnt=-1):
    with ThreadPoolExecutor(chefs) as executor:
        table = list(executor.map(bake, range(count), [burnt] * count))
    return sum(table), [table[loaf] for loaf in asked]
