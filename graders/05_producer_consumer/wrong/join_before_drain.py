"""All processes are joined before the results are taken out of their queue: a deadlock if they are big.

caught-by: test_big_dishes
says: join before drain
may-fail: test_no_order_loses_a_dish
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
    processes = [Process(target=produce, args=(items, counter, consumers, pause))]
    processes += [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [served.get() for _ in items]
