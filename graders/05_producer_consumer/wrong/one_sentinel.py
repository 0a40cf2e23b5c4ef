"""A single sentinel for all of the consumers: only one of them finds it, the others wait for ever.

caught-by: test_every_dish_once
says: one sentinel for each consumer
may-fail: test_nothing_to_do, test_slow_cook, test_big_dishes, test_all_are_processes, test_waiting_is_free, test_no_order_loses_a_dish, test_leaves_nothing
"""

from multiprocessing import Process, Queue
from time import sleep


def produce(items, counter, pause):
    for item in items:
        sleep(pause)
        counter.put(item)
    counter.put(None)


def consume(counter, served, pause):
    while (dish := counter.get()) is not None:
        sleep(pause)
        served.put(dish.upper())


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    processes = [Process(target=produce, args=(items, counter, pause))]
    processes += [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in processes:
        process.start()
    results = [served.get() for _ in items]
    for process in processes:
        process.join()
    return results
