"""The producer is joined before the consumers are started: nothing happens at the same time.

caught-by: test_all_are_processes
says: never all there at once
may-fail: test_big_dishes, test_at_the_same_time, test_no_order_loses_a_dish
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


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    producer = Process(target=produce, args=(items, counter, consumers, pause))
    producer.start()
    producer.join()
    plating = [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in plating:
        process.start()
    results = [served.get() for _ in items]
    for process in plating:
        process.join()
    return results
