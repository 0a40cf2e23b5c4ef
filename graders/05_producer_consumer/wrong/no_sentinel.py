"""Nobody tells the consumers that no more will come.

caught-by: test_every_dish_once
says: sentinel
may-fail: test_nothing_to_do, test_slow_cook, test_big_dishes, test_all_are_processes, test_at_the_same_time, test_waiting_is_free, test_no_order_loses_a_dish, test_leaves_nothing
"""

from multiprocessing import Process, Queue
from time import sleep


def produce(items, counter, pause):
    for item in items:
        sleep(pause)
        counter.put(item)


def consume(counter, served, pause):
    while True:
        dish = counter.get()
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
