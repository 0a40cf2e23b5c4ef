"""A pool replaces a worker that dies without a word; its order is never answered, and so is "late".

caught-by: test_the_dead_are_noticed
says: a dead chef was not noticed
may-fail: test_the_stubborn_are_stopped, test_no_order_of_steps_hangs_or_lies
"""

import os
import signal
import time
import multiprocessing
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


def hear(result, until):
    try:
        return ("done", result.get(max(0.0, until - time.monotonic())))
    except multiprocessing.TimeoutError:
        return ("late", None)
    except Exception as error:
        return ("raised", f"{type(error).__name__}: {error}")


def serve(orders, limit):
    until = time.monotonic() + limit
    with Pool(max(1, len(orders))) as pool:
        results = [pool.apply_async(cook, order) for order in orders]
        return [hear(result, until) for result in results]
