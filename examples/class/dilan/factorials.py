# Dilan, exercise 4
import math
import multiprocessing as mp
import os


def calculate(number):
    return math.factorial(number)


def factorials(numbers):
    with mp.Pool(os.cpu_count()) as pool:
        results = pool.map(calculate, numbers, chunksize=1)
    return dict(zip(numbers, results))      # so that one can look them up
