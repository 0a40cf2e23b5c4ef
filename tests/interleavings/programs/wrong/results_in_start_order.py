"""Results are taken from a queue as if they came in the order in which the processes were started.

expect: [0, 10, 20]
finding: wrong-result
"""

from multiprocessing import Process, Queue


def work(number, results):
    results.put(10 * number)


def program():
    results = Queue()
    workers = [Process(target=work, args=(number, results)) for number in range(3)]
    for worker in workers:
        worker.start()
    found = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return found


if __name__ == "__main__":
    print(program())
