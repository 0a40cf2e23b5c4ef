"""Each chef in turn gets the whole limit: two who never finish cost two limits.

caught-by: test_the_late_are_stopped
says: two limits
"""

import os
import signal
import time
from multiprocessing import Pipe, Process
from multiprocessing.connection import wait


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


def collect(lines, limit):
    outcomes = []
    for line in lines:
        try:
            outcomes.append(line.recv() if line.poll(limit) else ("late", None))
        except EOFError:
            outcomes.append(("died", None))
    return outcomes


def send_home(chefs):
    for process in chefs:
        process.kill()
    for process in chefs:
        process.join()


def serve(orders, limit):
    chefs, lines = start_all(orders)
    try:
        return collect(lines, limit)
    finally:
        send_home(chefs)
        for line in lines:
            line.close()
