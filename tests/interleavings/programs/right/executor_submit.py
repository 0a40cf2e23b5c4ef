"""Futures are asked in the order in which they were submitted.

expect: [1, 4]
"""

from concurrent.futures import ProcessPoolExecutor


def square(number):
    return number * number


def program():
    with ProcessPoolExecutor(max_workers=2) as executor:
        futures = [executor.submit(square, number) for number in (1, 2)]
        return [future.result() for future in futures]


if __name__ == "__main__":
    print(program())
