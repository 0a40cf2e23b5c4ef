"""A pool's map keeps the order.

expect: [0, 1, 4]
"""

from multiprocessing import Pool


def square(number):
    return number * number


def program():
    with Pool(2) as pool:
        results = pool.map(square, range(3), chunksize=1)
        pool.close()
        pool.join()
    return results


if __name__ == "__main__":
    print(program())
