"""The main process cooks all dishes itself, and only then looks after the results.

caught-by: test_all_are_processes
says: there should be three processes
"""

from multiprocessing import Process, Queue
from time import sleep


def consume(counter, served, pause):
    while (dish := counter.get()) is not None:
        sleep(pause)
        served.put(dish.upper())


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    plating = [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in plating:
        process.start()
    for item in items:
        sleep(pause)
        counter.put(item)
    for _ in plating:
        counter.put(None)
    results = [served.get() for _ in items]
    for process in plating:
        process.join()
    return results
