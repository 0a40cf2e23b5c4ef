"""get() for each order, without a limit: a dead chef is waited for until the end of time.

caught-by: test_the_dead_are_noticed
says: dead
may-fail: test_the_late_are_stopped, test_the_stubborn_are_stopped, test_no_order_of_steps_hangs_or_lies, test_leaves_nothing
"""

import os
import signal
import time
from multiprocessing import Process, Queue


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


def chef(number, dish, seconds, words):
    try:
        words.put((number, ("done", cook(dish, seconds))))
    except Exception as error:
        words.put((number, ("raised", f"{type(error).__name__}: {error}")))


def serve(orders, limit):
    words = Queue()
    chefs = [Process(target=chef, args=(number, *order, words)) for number, order in enumerate(orders)]
    for process in chefs:
        process.start()
    outcomes = [("died", None)] * len(orders)
    for _ in orders:
        number, outcome = words.get()
        outcomes[number] = outcome
    for process in chefs:
        process.join()
    return outcomes
