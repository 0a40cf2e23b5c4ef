"""An executor's map keeps the order.

expect: [0, 1, 4]
"""

from concurrent.futures import ProcessPoolExecutor


def square(number):
    return number * number


def program():
    with ProcessPoolExecutor(max_workers=2) as executor:
        return list(executor.map(square, range(3)))


if __name__ == "__main__":
    print(program())
