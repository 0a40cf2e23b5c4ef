"""Each consumer takes the same fixed number of dishes: what is left over stays on the queue.

caught-by: test_every_dish_once
says: share
may-fail: test_slow_cook, test_big_dishes, test_all_are_processes, test_waiting_is_free, test_no_order_loses_a_dish
"""

from multiprocessing import Process, Queue
from time import sleep


def produce(items, counter, pause):
    for item in items:
        sleep(pause)
        counter.put(item)


def consume(counter, served, share, pause):
    for _ in range(share):
        dish = counter.get()
        sleep(pause)
        served.put(dish.upper())


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    share = len(items) // consumers
    processes = [Process(target=produce, args=(items, counter, pause))]
    processes += [Process(target=consume, args=(counter, served, share, pause)) for _ in range(consumers)]
    for process in processes:
        process.start()
    results = [served.get() for _ in range(share * consumers)]
    for process in processes:
        process.join()
    return results
