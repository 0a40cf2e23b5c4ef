"""Cuts the list into equal pieces and loses what is left over.

caught-by: test_other_numbers
says: rest
may-fail: test_squares_of_five_numbers, test_order_is_kept
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_piece(piece: list[int]) -> list[int]:
    return [square(n) for n in piece]


def square_all(numbers: list[int], workers: int) -> list[int]:
    size = max(1, len(numbers) // workers)
    pieces = [numbers[part * size : (part + 1) * size] for part in range(workers)]
    with Pool(workers) as pool:
        return [result for piece in pool.map(square_piece, pieces) for result in piece]
