"""Pool (hana)."""
from multiprocessing import Pool


def square(n):
    return n * n


def square_all(numbers, workers):
    with Pool(workers) as pool:
        waiting = [pool.apply_async(square, (n,)) for n in numbers]
        return [each.get() for each in waiting]
