"""Two processes send a result each through a SimpleQueue; the order does not matter, for the results are
sorted.

expect: [0, 10]
"""

from multiprocessing import Process, SimpleQueue


def work(number, results):
    results.put(10 * number)


def program():
    results = SimpleQueue()
    workers = [Process(target=work, args=(number, results)) for number in range(2)]
    for worker in workers:
        worker.start()
    found = sorted(results.get() for _ in workers)
    for worker in workers:
        worker.join()
    return found


if __name__ == "__main__":
    print(program())
