from multiprocessing import Pool

def square(n):
    return n * n

def square_all(numbers, workers):
    p = Pool(workers)
    res = p.map(square, numbers)
    p.close()
    p.join()
    return res

if __name__ == "__main__":
    print(square_all([1, 2, 3, 4, 5], 3))
