from concurrent.futures import ProcessPoolExecutor


def square(n):
    return n * n


def square_all(numbers, workers):
    with ProcessPoolExecutor(max_workers=workers) as executor:
        return list(executor.map(square, numbers, chunksize=len(numbers) // (workers * 4) + 1))


if __name__ == "__main__":
    print(square_all([1, 2, 3, 4, 5], workers=3))
