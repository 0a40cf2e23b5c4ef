"""A woken consumer does not look again whether there is stock: another may have taken it, and stock goes
below 0.

expect: 0
finding: wrong-result
"""

from multiprocessing import Condition, Process, Value


def consume(condition, stock, lowest):
    with condition:
        if stock.value == 0:
            condition.wait()
        stock.value -= 1
        lowest.value = min(lowest.value, stock.value)


def program():
    condition = Condition()
    stock, lowest = Value("i", 0), Value("i", 0)
    consumers = [Process(target=consume, args=(condition, stock, lowest)) for _ in range(2)]
    for consumer in consumers:
        consumer.start()
    for _ in range(2):
        with condition:
            stock.value += 1
            condition.notify()
    for consumer in consumers:
        consumer.join()
    return lowest.value


if __name__ == "__main__":
    print(program())
