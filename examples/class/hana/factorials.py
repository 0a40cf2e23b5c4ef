"""Factorials (hana)."""
import math
import os
from multiprocessing import Pool


def calculate(number):
    return math.factorial(number)


def factorials(numbers):
    found = []
    with Pool(processes=os.cpu_count()) as pool:
        for value in pool.imap(calculate, numbers):
            found.append(value)
    return found
