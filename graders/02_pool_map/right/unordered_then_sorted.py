"""imap_unordered over numbered pairs; sorted by number afterwards."""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_pair(pair: tuple[int, int]) -> tuple[int, int]:
    place, n = pair
    return place, square(n)


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(workers) as pool:
        pairs = list(pool.imap_unordered(square_pair, enumerate(numbers), chunksize=20))
    return [result for _, result in sorted(pairs)]
