"""Results that come in any order are sorted.

expect: [0, 1, 4]
"""

from multiprocessing import Pool


def square(number):
    return number * number


def program():
    with Pool(2) as pool:
        results = sorted(pool.imap_unordered(square, range(3)))
        pool.close()
        pool.join()
    return results


if __name__ == "__main__":
    print(program())
