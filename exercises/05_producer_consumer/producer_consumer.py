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
    raise NotImplementedError("task 1: put each cooked item on the counter, then say that it was the last.")


def consume(counter: "queues.Queue[str | None]", served: "queues.Queue[str]", pause: float) -> None:
    """A consumer process: plate what comes over the counter, hand it on, until there is no more."""
    # Task 2: plate dish after dish and put it on `served`; stop at the sentinel.
    raise NotImplementedError("task 2: plate dish after dish and put it on `served`; stop at the sentinel.")


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    """Let one producer and several consumers work at the same time; return all results, in any order."""
    # Task 3: make the queues, start all, collect the results, and only then join.
    raise NotImplementedError("task 3: make the queues, start all, collect the results, and only then join.")


def main() -> None:
    """Five dishes, two chefs who plate them."""
    print(relay(["soup", "salad", "pasta", "fish", "cake"], consumers=2, pause=0.2))


if __name__ == "__main__":
    main()
