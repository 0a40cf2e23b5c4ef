"""The main process counts everything.

caught-by: test_as_many_as_asked_for
says: main process
may-fail: test_two_workers_beat_one_process
"""

from collections import Counter

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_orders(slips, workers):
    return dict(Counter(read_slip(number) for number in range(slips)))
