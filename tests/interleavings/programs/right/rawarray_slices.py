"""Two processes write to disjoint slices of a RawArray, which needs no lock.

expect: [0, 1, 4, 9]
"""

from multiprocessing import Process, RawArray


def fill(squares, start, stop):
    for place in range(start, stop):
        squares[place] = place * place


def program():
    squares = RawArray("i", 4)
    workers = [Process(target=fill, args=(squares, *part)) for part in ((0, 2), (2, 4))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return list(squares)


if __name__ == "__main__":
    print(program())
