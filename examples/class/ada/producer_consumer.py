"""Exercise 05. One sentinel for each consumer; take everything out before joining."""

import time
from multiprocessing import Process, Queue

DONE = None


def cook(item: str, pause: float) -> str:
    time.sleep(pause)
    return item


def plate(dish: str, pause: float) -> str:
    time.sleep(pause)
    return dish.upper()


def produce(items, counter, consumers: int, pause: float) -> None:
    for item in items:
        counter.put(cook(item, pause))
    for _ in range(consumers):
        counter.put(DONE)


def consume(counter, served, pause: float) -> None:
    while True:
        dish = counter.get()
        if dish is DONE:
            return
        served.put(plate(dish, pause))


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    counter, served = Queue(), Queue()
    everyone = [Process(target=produce, args=(items, counter, consumers, pause))]
    everyone += [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    for one in everyone:
        one.start()
    results = [served.get() for _ in range(len(items))]
    for one in everyone:
        one.join()
    return results


if __name__ == "__main__":
    print(relay(["soup", "salad", "pasta", "fish", "cake"], consumers=2, pause=0.2))
