"""A ProcessPoolExecutor, one number at a time."""

from concurrent.futures import ProcessPoolExecutor


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with ProcessPoolExecutor(max_workers=workers) as executor:
        return list(executor.map(square, numbers))
