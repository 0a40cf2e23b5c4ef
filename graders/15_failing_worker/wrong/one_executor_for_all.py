"""One ProcessPoolExecutor for all: when a worker dies it is broken, and the neighbours' orders go with it.

caught-by: test_the_dead_are_noticed
says: BrokenProcessPool
may-fail: test_no_order_of_steps_hangs_or_lies
"""

import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as Late
from concurrent.futures.process import BrokenProcessPool


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
    except BrokenProcessPool:
        return ("died", None)
    except Exception as error:
        return ("raised", f"{type(error).__name__}: {error}")


def serve(orders, limit):
    until = time.monotonic() + limit
    executor = ProcessPoolExecutor(max(1, len(orders)))
    futures = [executor.submit(cook, *order) for order in orders]
    outcomes = [hear(future, until) for future in futures]
    for process in list((executor._processes or {}).values()):
        process.kill()
    executor.shutdown(cancel_futures=True)
    return outcomes
