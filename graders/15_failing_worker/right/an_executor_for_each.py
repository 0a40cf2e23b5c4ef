"""An executor of one worker for each order: when it is broken, it is that order alone."""

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
    executors = [ProcessPoolExecutor(1) for _ in orders]
    try:
        futures = [executor.submit(cook, *order) for executor, order in zip(executors, orders)]
        return [hear(future, until) for future in futures]
    finally:
        for executor in executors:
            for process in list((executor._processes or {}).values()):
                process.kill()
            executor.shutdown()
