"""Producer and consumers (hana): first everybody goes home, then I look at what they have left me."""
import time
from multiprocessing import Process, Queue

DONE = None


def cook(item, pause):
    time.sleep(pause)
    return item


def plate(dish, pause):
    time.sleep(pause)
    return dish.upper()


def produce(items, counter, consumers, pause):
    for item in items:
        counter.put(cook(item, pause))
    for _ in range(consumers):
        counter.put(DONE)


def consume(counter, served, pause):
    while True:
        dish = counter.get()
        if dish is DONE:
            break
        served.put(plate(dish, pause))


def relay(items, consumers, pause=0.0):
    counter = Queue()
    served = Queue()
    chefs = [Process(target=produce, args=(items, counter, consumers, pause))]
    for _ in range(consumers):
        chefs.append(Process(target=consume, args=(counter, served, pause)))
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return [served.get() for _ in items]
