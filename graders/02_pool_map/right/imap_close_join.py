"""imap, made into a list; close() and join() by hand."""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    pool = Pool(workers)
    try:
        return list(pool.imap(square, numbers))
    finally:
        pool.close()
        pool.join()
