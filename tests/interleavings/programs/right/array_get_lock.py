"""Two processes add to the same places of an Array under its lock.

expect: [2, 2]
"""

from multiprocessing import Array, Process


def count(votes):
    for place in range(len(votes)):
        with votes.get_lock():
            votes[place] += 1


def program():
    votes = Array("i", 2)
    workers = [Process(target=count, args=(votes,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return votes[:]


if __name__ == "__main__":
    print(program())
