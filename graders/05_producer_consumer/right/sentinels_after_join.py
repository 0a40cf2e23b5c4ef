"""The main process joins the producer, and then puts the sentinels itself."""

from multiprocessing import Process, Queue
from time import sleep


def produce(items, counter, pause):
    for item in items:
        sleep(pause)
        counter.put(item)


def consume(counter, served, pause):
    for dish in iter(counter.get, None):
        sleep(pause)
        served.put(dish.upper())


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    plating = [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    cooking = Process(target=produce, args=(items, counter, pause))
    for process in (*plating, cooking):
        process.start()
    cooking.join()
    for _ in plating:
        counter.put(None)
    results = [served.get() for _ in items]
    for process in plating:
        process.join()
    return results
