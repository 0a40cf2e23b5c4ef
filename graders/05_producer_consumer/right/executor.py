"""Producer and consumers as tasks of one ProcessPoolExecutor, with a manager's queue."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Manager
from time import sleep


def produce(items, queue, consumers, pause):
    for item in items:
        sleep(pause)
        queue.put(item)
    for _ in range(consumers):
        queue.put(None)


def consume(queue, pause):
    plated = []
    while (dish := queue.get()) is not None:
        sleep(pause)
        plated.append(dish.upper())
    return plated


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    with Manager() as manager, ProcessPoolExecutor(consumers + 1) as executor:
        queue = manager.Queue()
        shares = [executor.submit(consume, queue, pause) for _ in range(consumers)]
        executor.submit(produce, items, queue, consumers, pause).result()
        return [dish for share in shares for dish in share.result()]
