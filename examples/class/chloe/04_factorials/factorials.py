import math
from concurrent.futures import ProcessPoolExecutor


def calculate(number):
    return math.factorial(number)


def factorials(numbers):
    with ProcessPoolExecutor() as executor:
        return list(executor.map(calculate, numbers))


if __name__ == "__main__":
    print(factorials([3, 4, 5]))
