"""Threads and a queue between threads: right, but all in one process.

caught-by: test_all_are_processes
says: threads
"""

from queue import Queue
from threading import Thread
from time import sleep


def produce(items, counter, consumers, pause):
    for item in items:
        sleep(pause)
        counter.put(item)
    for _ in range(consumers):
        counter.put(None)


def consume(counter, served, pause):
    while (dish := counter.get()) is not None:
        sleep(pause)
        served.put(dish.upper())


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    threads = [Thread(target=produce, args=(items, counter, consumers, pause))]
    threads += [Thread(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [served.get() for _ in items]
