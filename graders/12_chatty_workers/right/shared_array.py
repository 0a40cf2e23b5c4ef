"""Each worker adds its numbers to a shared Array, once, under its lock: no message at all."""

from multiprocessing import Array, Process

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_share(first, last, shared):
    own = dict.fromkeys(MENU, 0)
    for number in range(first, last):
        own[read_slip(number)] += 1
    with shared.get_lock():
        for place, dish in enumerate(MENU):
            shared[place] += own[dish]


def count_orders(slips, workers):
    shared = Array("i", len(MENU))
    cuts = [slips * worker // workers for worker in range(workers + 1)]
    chefs = [Process(target=count_share, args=(*pair, shared)) for pair in zip(cuts, cuts[1:])]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return dict(zip(MENU, shared))
