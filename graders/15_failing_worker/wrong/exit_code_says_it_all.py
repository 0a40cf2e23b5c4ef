"""An exit code of 0 is taken for a dish: whoever walks out has one, and has cooked nothing.

caught-by: test_the_dead_are_noticed
says: EOFError
may-fail: test_no_order_of_steps_hangs_or_lies
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


def collect(chefs, lines, until):
    outcomes = [("late", None)] * len(lines)
    for number, line in enumerate(lines):
        if line.poll(max(0.0, until - time.monotonic())):
            chefs[number].join(0.1)
            outcomes[number] = ("died", None) if chefs[number].exitcode else line.recv()
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
