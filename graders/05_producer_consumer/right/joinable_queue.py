"""A JoinableQueue tells when everything that was put on it has been worked off."""

from multiprocessing import JoinableQueue, Process, Queue
from time import sleep


def produce(items, counter, pause):
    for item in items:
        sleep(pause)
        counter.put(item)


def consume(counter, served, pause):
    while (dish := counter.get()) is not None:
        sleep(pause)
        served.put(dish.upper())
        counter.task_done()


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = JoinableQueue(), Queue()
    cooking = Process(target=produce, args=(items, counter, pause))
    plating = [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in (cooking, *plating):
        process.start()
    cooking.join()
    counter.join()
    for _ in plating:
        counter.put(None)
    results = [served.get() for _ in items]
    for process in plating:
        process.join()
    return results
