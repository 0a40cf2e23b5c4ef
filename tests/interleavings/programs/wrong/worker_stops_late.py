"""The main process has its result and wants to leave, but first waits for two workers who wait for work for ever.

expect: 3
finding: deadlock
"""

from multiprocessing import Process, Queue


def work(tasks, results):
    while (task := tasks.get()) is not None:
        results.put(task + 1)


def program():
    tasks, results = Queue(), Queue()
    workers = [Process(target=work, args=(tasks, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    tasks.put(2)
    return results.get()


if __name__ == "__main__":
    print(program())
