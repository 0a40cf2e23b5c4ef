"""Two processes of its own that take numbers from a queue and put results on another one."""

import math
from multiprocessing import Process, Queue


def work(tasks, results):
    while (task := tasks.get()) is not None:
        index, number = task
        results.put((index, math.factorial(number)))


def factorials(numbers: list[int]) -> list[int]:
    """Return the factorial of each number, in the order given."""
    tasks, results = Queue(), Queue()
    workers = [Process(target=work, args=(tasks, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for task in enumerate(numbers):
        tasks.put(task)
    for _ in workers:
        tasks.put(None)
    found = dict(results.get() for _ in numbers)
    for worker in workers:
        worker.join()
    return [found[index] for index in range(len(numbers))]
