"""Each chef is joined before his word is read: who sends more than a pipe holds does not end, and is "late".

caught-by: test_a_big_dish
says: nobody reads it
may-fail: test_no_order_of_steps_hangs_or_lies
"""

import os
import signal
import time
from multiprocessing import Pipe, Process


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


def chef(dish, seconds, line):
    try:
        outcome = ("done", cook(dish, seconds))
    except Exception as error:
        outcome = ("raised", f"{type(error).__name__}: {error}")
    line.send(outcome)


def start_all(orders):
    chefs, lines = [], []
    for dish, seconds in orders:
        ours, theirs = Pipe(duplex=False)
        process = Process(target=chef, args=(dish, seconds, theirs))
        process.start()
        theirs.close()
        chefs.append(process)
        lines.append(ours)
    return chefs, lines


def collect(chefs, lines, until):
    outcomes = []
    for process, line in zip(chefs, lines):
        process.join(max(0.0, until - time.monotonic()))
        if process.exitcode is None:
            outcomes.append(("late", None))
            continue
        try:
            outcomes.append(line.recv())
        except EOFError:
            outcomes.append(("died", None))
    return outcomes


def send_home(chefs):
    for process in chefs:
        process.kill()
    for process in chefs:
        process.join()


def serve(orders, limit):
    until = time.monotonic() + limit
    chefs, lines = start_all(orders)
    try:
        return collect(chefs, lines, until)
    finally:
        send_home(chefs)
        for line in lines:
            line.close()
