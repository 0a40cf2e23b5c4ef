"""Two processes count into the same bins of an Array; each access is locked, but `+=` is two of them.

expect: [2, 2]
finding: wrong-result
"""

from multiprocessing import Array, Process


def count(bins, words):
    for word in words:
        bins[len(word) - 1] += 1


def program():
    bins = Array("i", 2)
    workers = [Process(target=count, args=(bins, words)) for words in (["a", "to"], ["we", "I"])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return bins[:]


if __name__ == "__main__":
    print(program())
