"""The callbacks' results are counted before the pool was joined.

expect: 2
finding: wrong-result
"""

from multiprocessing import Pool


def work(number):
    return number


def program():
    found = []
    with Pool(2) as pool:
        for number in range(2):
            pool.apply_async(work, (number,), callback=found.append)
        pool.close()
        count = len(found)
        pool.join()
    return count


if __name__ == "__main__":
    print(program())
