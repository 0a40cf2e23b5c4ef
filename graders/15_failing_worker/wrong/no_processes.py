"""Threads: all in one process, and whoever crashes takes the kitchen along.

caught-by: test_all_cook_at_once
says: threads
may-fail: test_the_dead_are_noticed, test_the_late_are_stopped, test_the_stubborn_are_stopped, test_no_order_of_steps_hangs_or_lies, test_leaves_nothing
"""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late


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


def hear(future, until):
    try:
        return ("done", future.result(max(0.0, until - time.monotonic())))
    except Late:
        return ("late", None)
    except Exception as error:
        return ("raised", f"{type(error).__name__}: {error}")


def serve(orders, limit):
    until = time.monotonic() + limit
    executor = ThreadPoolExecutor(max(1, len(orders)))
    futures = [executor.submit(cook, *order) for order in orders]
    outcomes = [hear(future, until) for future in futures]
    executor.shutdown(wait=False)
    return outcomes
