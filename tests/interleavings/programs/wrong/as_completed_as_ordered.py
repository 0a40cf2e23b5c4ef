"""Results of `as_completed` are taken to be in the order in which the tasks were submitted.

expect: [0, 1, 4]
finding: wrong-result
"""

from concurrent.futures import ProcessPoolExecutor, as_completed


def square(number):
    return number * number


def program():
    with ProcessPoolExecutor(max_workers=2) as executor:
        futures = [executor.submit(square, number) for number in range(3)]
        return [future.result() for future in as_completed(futures)]


if __name__ == "__main__":
    print(program())
