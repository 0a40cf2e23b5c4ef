# Dilan, exercise 2
import multiprocessing as mp


def square(n):
    return n * n


def square_all(numbers, workers):
    with mp.Pool() as pool:      # takes the right number by itself
        return pool.map(square, numbers)
