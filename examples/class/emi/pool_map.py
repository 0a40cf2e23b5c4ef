from multiprocessing import Pool

def square(n)
    return n * n

def square_all(numbers, workers):
    with Pool(workers) as pool:
        return pool.map(square, numbers)
