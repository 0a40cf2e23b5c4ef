import math
from concurrent.futures import ThreadPoolExecutor

def calculate(number):
    return math.factorial(number)

def factorials(numbers):
    print("DEBUG using 8 threads for maximum speed")
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(calculate, numbers))
