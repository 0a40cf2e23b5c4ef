"""Each process is started and waited for before the next one is started.

caught-by: test_several_at_once
cores: 2
says: never two at the same time
may-fail: test_faster_than_serial
"""

import math
from multiprocessing import Process, Queue


def work(number, results):
    results.put(math.factorial(number))


def factorials(numbers: list[int]) -> list[int]:
    queue = Queue()
    results = []
    for number in numbers:
        process = Process(target=work, args=(number, queue))
        process.start()
        results.append(queue.get())
        process.join()
    return results
