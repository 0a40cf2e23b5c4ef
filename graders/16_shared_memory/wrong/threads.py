"""Threads see the same memory without any block, and take turns at it.

caught-by: test_the_chefs_bake
says: processes
may-fail: test_faster_than_serial
"""

from concurrent.futures import ThreadPoolExecutor


def bake(loaf, burnt):
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


def chef(table, first, last, burnt):
    for loaf in range(first, last):
        table[loaf] = bake(loaf, burnt)


def bake_all(count, chefs, asked, burnt=-1):
    table = [0] * count
    shares = [count * number // chefs for number in range(chefs + 1)]
    with ThreadPoolExecutor(chefs) as executor:
        work = [executor.submit(chef, table, first, last, burnt) for first, last in zip(shares, shares[1:])]
    for each in work:
        each.result()
    return sum(table), [table[loaf] for loaf in asked]
