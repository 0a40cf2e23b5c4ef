"""The consumers hand their sentinel on, and the main process returns it along with the dishes.

caught-by: test_nothing_to_do
says: sentinel was handed on
may-fail: test_every_dish_once, test_slow_cook, test_big_dishes, test_all_are_processes, test_at_the_same_time, test_waiting_is_free, test_no_order_loses_a_dish
"""

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
    counter, served = Queue(), Queue()
    processes = [Process(target=produce, args=(items, counter, consumers, pause))]
    processes += [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in processes:
        process.start()
    results = [served.get() for _ in range(len(items) + consumers)]
    for process in processes:
        process.join()
    return results
