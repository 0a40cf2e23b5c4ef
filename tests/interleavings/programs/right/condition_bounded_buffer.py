"""A buffer of one place with a producer and a consumer, both waiting in a loop and waking all.

expect: 3
"""

from multiprocessing import Condition, Process, Value


def produce(condition, place):
    for item in (1, 2):
        with condition:
            while place.value:
                condition.wait()
            place.value = item
            condition.notify_all()


def consume(condition, place, total):
    for _ in range(2):
        with condition:
            while not place.value:
                condition.wait()
            total.value += place.value
            place.value = 0
            condition.notify_all()


def program():
    condition = Condition()
    place, total = Value("i", 0), Value("i", 0)
    workers = [
        Process(target=produce, args=(condition, place)),
        Process(target=consume, args=(condition, place, total)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return total.value


if __name__ == "__main__":
    print(program())
