"""An exception of a task comes out where its result is asked for.

expect: "cannot divide"
"""

from multiprocessing import Pool


def divide(number):
    return 1 // number


def program():
    with Pool(2) as pool:
        try:
            answer = pool.apply(divide, (0,))
        except ZeroDivisionError:
            answer = "cannot divide"
        pool.close()
        pool.join()
    return answer


if __name__ == "__main__":
    print(program())
