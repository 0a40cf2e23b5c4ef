"""An object() as sentinel: what comes out of a queue is a copy, and the copy is another object.

caught-by: test_leaves_nothing
says: copied
"""

from multiprocessing import Process, Queue
from time import sleep

DONE = object()


def produce(items, counter, consumers, pause):
    for item in items:
        sleep(pause)
        counter.put(item)
    for _ in range(consumers):
        counter.put(DONE)


def consume(counter, served, pause):
    while (dish := counter.get()) is not DONE:
        sleep(pause)
        served.put(dish.upper())


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    processes = [Process(target=produce, args=(items, counter, consumers, pause))]
    processes += [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in processes:
        process.start()
    results = [served.get() for _ in items]
    for process in processes:
        process.join()
    return results
