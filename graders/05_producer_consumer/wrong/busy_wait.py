"""The consumers ask without a break whether there is a dish.

caught-by: test_waiting_is_free
says: busy wait
"""

from multiprocessing import Process, Queue
from queue import Empty
from time import sleep


def produce(items, counter, consumers, pause):
    for item in items:
        sleep(pause)
        counter.put(item)
    for _ in range(consumers):
        counter.put(None)


def consume(counter, served, pause):
    while True:
        try:
            dish = counter.get_nowait()
        except Empty:
            continue
        if dish is None:
            break
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
