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
    while (dish := counter.get()) is not DONE:
        served.put(plate(dish, pause))


def relay(items, consumers, pause=0.0):
    counter, served = Queue(), Queue()
    Process(target=produce, args=(items, counter, consumers, pause)).start()
    for _ in range(consumers):
        Process(target=consume, args=(counter, served, pause)).start()
    return served      # the results are all in there


if __name__ == "__main__":
    print(relay(["soup", "salad", "pasta"], consumers=2))
