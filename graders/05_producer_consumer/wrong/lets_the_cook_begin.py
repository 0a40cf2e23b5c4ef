"""A consumer lets the cook begin, and then takes a short wait without a dish for the end.

caught-by: test_slow_cook
says: no end
may-fail: test_every_dish_once, test_big_dishes, test_all_are_processes, test_at_the_same_time, test_waiting_is_free, test_no_order_loses_a_dish, test_leaves_nothing
"""

from multiprocessing import Process, Queue
from queue import Empty
from time import sleep


def produce(items, counter, pause):
    for item in items:
        sleep(pause)
        counter.put(item)


def consume(counter, served, pause):
    sleep(0.062)  # late by one dish, where the cook takes that long for each: then none has to be waited for
    while True:
        try:
            dish = counter.get(timeout=0.005)
        except Empty:
            break
        sleep(pause)
        served.put(dish.upper())
    served.put(None)


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    processes = [Process(target=produce, args=(items, counter, pause))]
    processes += [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in processes:
        process.start()
    results, working = [], consumers
    while working:
        dish = served.get()
        if dish is None:
            working -= 1
        else:
            results.append(dish)
    for process in processes:
        process.join()
    return results
