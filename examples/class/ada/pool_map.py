"""Exercise 02. map keeps the order, the with block ends the workers."""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(processes=workers) as pool:
        return pool.map(square, numbers)


if __name__ == "__main__":
    print(square_all([1, 2, 3, 4, 5], workers=3))
