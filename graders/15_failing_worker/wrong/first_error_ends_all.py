"""Pool.starmap: the first exception is raised in the main process, and all other orders are lost.

caught-by: test_an_exception_is_reported
says: raised ValueError
may-fail: test_the_dead_are_noticed, test_the_late_are_stopped, test_the_stubborn_are_stopped, test_no_order_of_steps_hangs_or_lies, test_leaves_nothing
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
    with Pool(max(1, len(orders))) as pool:
        dishes = pool.starmap_async(cook, orders, chunksize=1).get(limit)
    return [("done", dish) for dish in dishes]
