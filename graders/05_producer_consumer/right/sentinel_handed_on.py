"""A single sentinel: each consumer that finds it puts it back for the next one."""

from multiprocessing import Process, Queue
from time import sleep

CLOSED = "that was the last one"


def produce(items, counter, pause):
    for item in items:
        sleep(pause)
        counter.put((item,))
    counter.put(CLOSED)


def consume(counter, served, pause):
    while True:
        dish = counter.get()
        if dish == CLOSED:
            counter.put(CLOSED)
            return
        sleep(pause)
        served.put(dish[0].upper())


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    processes = [Process(target=produce, args=(items, counter, pause))]
    processes += [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in processes:
        process.start()
    results = []
    while len(results) < len(items):
        results.append(served.get())
    for process in processes:
        process.join()
    return results
