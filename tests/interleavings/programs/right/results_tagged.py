"""Each result carries the number of its task.

expect: {"0": 0, "1": 10, "2": 20}
"""

from multiprocessing import Process, Queue


def work(number, results):
    results.put((number, 10 * number))


def program():
    results = Queue()
    workers = [Process(target=work, args=(number, results)) for number in range(3)]
    for worker in workers:
        worker.start()
    found = dict(results.get() for _ in workers)
    for worker in workers:
        worker.join()
    return {str(number): found[number] for number in sorted(found)}


if __name__ == "__main__":
    print(program())
