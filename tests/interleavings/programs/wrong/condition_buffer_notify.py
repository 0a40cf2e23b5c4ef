"""A buffer of one place with two producers and two consumers, all waiting at one condition, and only
`notify`.

expect: 3
finding: deadlock
"""

from multiprocessing import Condition, Process, Value


def produce(condition, place, item):
    with condition:
        while place.value:
            condition.wait()
        place.value = item
        condition.notify()


def consume(condition, place, total):
    with condition:
        while not place.value:
            condition.wait()
        total.value += place.value
        place.value = 0
        condition.notify()


def program():
    condition = Condition()
    place, total = Value("i", 0), Value("i", 0)
    workers = [Process(target=consume, args=(condition, place, total)) for _ in range(2)]
    workers += [Process(target=produce, args=(condition, place, item)) for item in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return total.value


if __name__ == "__main__":
    print(program())
