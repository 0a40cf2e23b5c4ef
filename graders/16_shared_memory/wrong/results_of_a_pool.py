"""Pool.map brings the loaves back as its results: pickled, written, read and unpickled.

caught-by: test_nothing_is_carried
says: carried from process to process
may-fail: test_faster_than_serial
"""

from multiprocessing import Pool


def bake(loaf, burnt):
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


def share(first, last, burnt):
    return [bake(loaf, burnt) for loaf in range(first, last)]


def bake_all(count, chefs, asked, burnt=-1):
    shares = [count * number // chefs for number in range(chefs + 1)]
    with Pool(chefs) as pool:
        parts = pool.starmap(share, [(a, b, burnt) for a, b in zip(shares, shares[1:])], chunksize=1)
    loaves = [loaf for part in parts for loaf in part]
    return sum(loaves), [loaves[loaf] for loaf in asked]
