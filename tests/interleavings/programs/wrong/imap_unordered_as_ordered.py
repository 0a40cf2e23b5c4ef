"""Results of `imap_unordered` are taken to be in the order of the arguments.

expect: [0, 1, 4]
finding: wrong-result
"""

from multiprocessing import Pool


def square(number):
    return number * number


def program():
    with Pool(2) as pool:
        results = list(pool.imap_unordered(square, range(3)))
        pool.close()
        pool.join()
    return results


if __name__ == "__main__":
    print(program())
