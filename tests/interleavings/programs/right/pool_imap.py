"""A pool's imap keeps the order too.

expect: [0, 1, 4]
"""

from multiprocessing import Pool


def square(number):
    return number * number


def program():
    with Pool(2) as pool:
        results = list(pool.imap(square, range(3)))
        pool.close()
        pool.join()
    return results


if __name__ == "__main__":
    print(program())
