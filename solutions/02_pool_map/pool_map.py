"""02 pool_map: a few workers for many numbers.

Run it with `python3 pool_map.py`; check it with `chefs check 02`.
"""

from multiprocessing import Pool


def square(n: int) -> int:
    """What a worker does with one number. It is given: nothing is to be done here."""
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    """Return the square of every number, in the order of the numbers.

    Args:
        workers: how many processes share the work.
    """
    # Task 1: let a pool of that many workers square the numbers, then close it.
    ### BEGIN SOLUTION
    with Pool(processes=workers) as pool:
        return pool.map(square, numbers)
    ### END SOLUTION


def main() -> None:
    """Three workers, five numbers; then a pile of them."""
    print("squares:", square_all([1, 2, 3, 4, 5], workers=3))
    pile = square_all(list(range(100_000)), workers=3)
    print(f"and a pile of {len(pile):,}, the last of which is {pile[-1]:,}")


if __name__ == "__main__":
    main()
