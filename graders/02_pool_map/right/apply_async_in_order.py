"""One apply_async for each number; the results fetched in the order of the numbers."""

import multiprocessing as mp


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with mp.get_context().Pool(workers) as pool:
        results = [pool.apply_async(square, (n,)) for n in numbers]
        return [result.get() for result in results]
