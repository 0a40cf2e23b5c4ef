"""05 producer_consumer: one chef cooks, others plate, and a queue stands between them.

Run it with `python3 producer_consumer.py`; check it with `chefs check 05`.
"""

import time
from multiprocessing import Process, Queue, queues

DONE = None  # the sentinel: no dish, but the word that no more will come


def cook(item: str, pause: float) -> str:
    """The producer's work on one item (given): it takes `pause` seconds."""
    time.sleep(pause)
    return item


def plate(dish: str, pause: float) -> str:
    """A consumer's work on one dish (given): it takes `pause` seconds."""
    time.sleep(pause)
    return dish.upper()


def produce(items: list[str], counter: "queues.Queue[str | None]", consumers: int, pause: float) -> None:
    """The producer process: cook each item and put it on the counter."""
    # Task 1: put each cooked item on the counter, then say that it was the last.
    ### BEGIN SOLUTION
    for item in items:
        counter.put(cook(item, pause))
    for _ in range(consumers):
        counter.put(DONE)
    ### END SOLUTION


def consume(counter: "queues.Queue[str | None]", served: "queues.Queue[str]", pause: float) -> None:
    """A consumer process: plate what comes over the counter, hand it on, until there is no more."""
    # Task 2: plate dish after dish and put it on `served`; stop at the sentinel.
    ### BEGIN SOLUTION
    while (dish := counter.get()) is not DONE:
        served.put(plate(dish, pause))
    ### END SOLUTION


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    """Let one producer and several consumers work at the same time; return all results, in any order."""
    # Task 3: make the queues, start all, collect the results, and only then join.
    ### BEGIN SOLUTION
    counter: queues.Queue[str | None] = Queue()
    served: queues.Queue[str] = Queue()
    chefs = [Process(target=consume, args=(counter, served, pause)) for _ in range(consumers)]
    chefs.append(Process(target=produce, args=(items, counter, consumers, pause)))
    for chef in chefs:
        chef.start()
    results = [served.get() for _ in items]
    for chef in chefs:
        chef.join()
    return results
    ### END SOLUTION


def main() -> None:
    """Five dishes, two chefs who plate them."""
    print(relay(["soup", "salad", "pasta", "fish", "cake"], consumers=2, pause=0.2))


if __name__ == "__main__":
    main()
