"""The producer puts the first dish when the last one is cooked.

caught-by: test_at_the_same_time
says: one after the other
"""

from multiprocessing import Process, Queue
from time import sleep


def cook(item, pause):
    sleep(pause)
    return item


def produce(items, counter, consumers, pause):
    dishes = [cook(item, pause) for item in items]
    for dish in dishes + [None] * consumers:
        counter.put(dish)


def consume(counter, served, pause):
    while (dish := counter.get()) is not None:
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
