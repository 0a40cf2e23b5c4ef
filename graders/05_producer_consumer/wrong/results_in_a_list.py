"""The consumers append to a list, which each of them has a copy of.

caught-by: test_every_dish_once
says: list of its own
may-fail: test_slow_cook, test_big_dishes, test_all_are_processes, test_at_the_same_time, test_waiting_is_free, test_no_order_loses_a_dish
"""

from multiprocessing import Process, Queue
from time import sleep

results = []


def produce(items, counter, consumers, pause):
    for item in items:
        sleep(pause)
        counter.put(item)
    for _ in range(consumers):
        counter.put(None)


def consume(counter, pause):
    while (dish := counter.get()) is not None:
        sleep(pause)
        results.append(dish.upper())


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter = Queue()
    processes = [Process(target=produce, args=(items, counter, consumers, pause))]
    processes += [Process(target=consume, args=(counter, pause)) for _ in range(consumers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return results
