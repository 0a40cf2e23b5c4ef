"""Two processes add to an entry of a ShareableList under a lock, and its block is unlinked.

expect: [2, "bread"]
"""

from multiprocessing import Lock, Process
from multiprocessing.shared_memory import ShareableList


def add(shelf, lock):
    with lock:
        shelf[0] += 1


def program():
    lock = Lock()
    shelf = ShareableList([0, "bread"])
    try:
        workers = [Process(target=add, args=(shelf, lock)) for _ in range(2)]
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
