"""A pool of as many workers as it likes, and imap, which hands out one number at a time by default."""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    """Return the factorial of each number, in the order given."""
    with Pool() as pool:
        results = list(pool.imap(math.factorial, numbers))
        pool.close()
        pool.join()
    return results
