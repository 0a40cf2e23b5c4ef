"""A pool, and nobody calls get(): a result that is never asked for takes its exception along.

caught-by: test_an_exception_is_reported
says: swallowed
may-fail: test_the_dead_are_noticed, test_the_late_are_stopped, test_the_stubborn_are_stopped, test_all_cook_at_once, test_no_order_of_steps_hangs_or_lies, test_leaves_nothing
"""

import os
import signal
import time
from multiprocessing import Pool


def cook(dish, seconds):
    if dish == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(seconds)
    if dish == "toast":
        raise ValueError("the toast is burnt")
    if dish == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if dish == "walkout":
        os._exit(0)
    return dish.upper()


def serve(orders, limit):
    outcomes = [("late", None)] * len(orders)

    def hear(numbered):
        number, dish = numbered
        outcomes[number] = ("done", dish)

    with Pool(max(1, len(orders))) as pool:
        for number, order in enumerate(orders):
            pool.apply_async(numbered_cook, (number, *order), callback=hear)
        pool.close()
        pool.join()
    return outcomes


def numbered_cook(number, dish, seconds):
    return number, cook(dish, seconds)
