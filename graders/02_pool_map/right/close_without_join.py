"""close() without join(): once closed, a pool goes away by itself."""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    pool = Pool(workers)
    squares = pool.map(square, numbers, chunksize=50)
    pool.close()
    return squares
