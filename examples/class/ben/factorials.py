from math import factorial
from multiprocessing import Pool

def calculate(n):
    return factorial(n)

def factorials(numbers):
    with Pool() as p:
        return p.map(calculate, numbers)

if __name__ == "__main__":
    factorials([100_000, 200_000, 300_000])
    print("done")
