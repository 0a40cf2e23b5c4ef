"""Queues with little room, and consumers that say on the second queue when they have ended."""

from multiprocessing import Process, Queue
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
    served.put(None)


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(maxsize=2), Queue(maxsize=1)
    processes = [Process(target=produce, args=(items, counter, consumers, pause))]
    processes += [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in processes:
        process.start()
    results, working = [], consumers
    while working:
        dish = served.get()
        if dish is None:
            working -= 1
        else:
            results.append(dish)
    for process in processes:
        process.join()
    return sorted(results)
