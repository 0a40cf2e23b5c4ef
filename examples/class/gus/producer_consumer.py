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
        print("DEBUG cook", item)
        counter.put(cook(item, pause))
    for i in range(consumers):
        print("DEBUG sentinel", i)
        counter.put(DONE)

def consume(counter, served, pause):
    while True:
        dish = counter.get()
        if dish is DONE:
            print("DEBUG bye")
            return
        served.put(plate(dish, pause))

def relay(items, consumers, pause=0.0):
    counter = Queue()
    served = Queue()
    chefs = [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for c in chefs:
        c.start()
    cook_ = Process(target=produce, args=(items, counter, consumers, pause))
    cook_.start()
    results = []
    while len(results) < len(items):
        results.append(served.get())
        print("DEBUG", len(results), "of", len(items))
    cook_.join()
    for c in chefs:
        c.join()
    return results
