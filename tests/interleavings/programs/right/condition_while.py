"""A woken consumer looks again whether there is stock.

expect: [0, 0]
"""

from multiprocessing import Condition, Process, Value


def consume(condition, stock, lowest):
    with condition:
        while stock.value == 0:
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
    return [stock.value, lowest.value]


if __name__ == "__main__":
    print(program())
