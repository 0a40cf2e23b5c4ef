"""A pool's starmap spreads the arguments.

expect: [3, 7]
"""

from multiprocessing import Pool


def add(one, other):
    return one + other


def program():
    with Pool(2) as pool:
        results = pool.starmap(add, [(1, 2), (3, 4)])
        pool.close()
        pool.join()
    return results


if __name__ == "__main__":
    print(program())
