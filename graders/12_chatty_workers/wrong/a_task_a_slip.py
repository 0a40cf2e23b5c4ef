"""The workers send partial results, but get the number of each slip in a message of its own.

caught-by: test_few_messages
says: a task
may-fail: test_two_workers_beat_one_process
"""

from collections import Counter
from multiprocessing import Process, Queue

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_slips(numbers, counted):
    orders = Counter()
    while (number := numbers.get()) is not None:
        orders[read_slip(number)] += 1
    counted.put(orders)


def count_orders(slips, workers):
    numbers, counted = Queue(), Queue()
    chefs = [Process(target=count_slips, args=(numbers, counted)) for _ in range(workers)]
    for chef in chefs:
        chef.start()
    for number in range(slips):
        numbers.put(number)
    for _ in chefs:
        numbers.put(None)
    orders = Counter()
    for _ in chefs:
        orders.update(counted.get())
    for chef in chefs:
        chef.join()
    return dict(orders)
