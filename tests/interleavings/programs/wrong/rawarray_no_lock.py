"""Two processes add to the same places of a RawArray without a lock.

expect: [2, 2]
finding: wrong-result
"""

from multiprocessing import Process, RawArray


def count(votes):
    for place in range(len(votes)):
        votes[place] += 1


def program():
    votes = RawArray("i", 2)
    workers = [Process(target=count, args=(votes,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return list(votes)


if __name__ == "__main__":
    print(program())
