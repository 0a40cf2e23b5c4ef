"""Futures, each a piece of the list, asked for their results in order."""

from concurrent.futures import ProcessPoolExecutor


def square(n: int) -> int:
    return n * n


def square_piece(piece: list[int]) -> list[int]:
    return [square(n) for n in piece]


def square_all(numbers: list[int], workers: int) -> list[int]:
    size = max(1, len(numbers) // (workers * 4))
    with ProcessPoolExecutor(workers) as executor:
        futures = [
            executor.submit(square_piece, numbers[start : start + size])
            for start in range(0, len(numbers), size)
        ]
        return [result for future in futures for result in future.result()]
