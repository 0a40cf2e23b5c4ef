"""Two processes add to an entry of a ShareableList without a lock.

expect: [2, "bread"]
finding: wrong-result
"""

from multiprocessing import Process
from multiprocessing.shared_memory import ShareableList


def add(shelf):
    shelf[0] += 1


def program():
    shelf = ShareableList([0, "bread"])
    try:
        workers = [Process(target=add, args=(shelf,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return list(shelf)
    finally:
        shelf.shm.close()
        shelf.shm.unlink()


if __name__ == "__main__":
    print(program())
