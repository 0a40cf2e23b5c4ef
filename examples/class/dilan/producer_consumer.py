# Dilan, exercise 5
import time
import multiprocessing as mp

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
    counter.put(DONE)


def consume(counter, served, pause):
    while True:
        dish = counter.get()
        if dish is DONE:
            break
        served.put(plate(dish, pause))


def relay(items, consumers, pause=0.0):
    counter, served = mp.Queue(), mp.Queue()
    chefs = [mp.Process(target=produce, args=(items, counter, consumers, pause))]
    chefs += [mp.Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for chef in chefs: chef.start()
    results = [served.get() for _ in items]
    for chef in chefs: chef.join()
    return results
