"""terminate() asks, and whoever ignores SIGTERM stays; the join after it waits for ever.

caught-by: test_the_stubborn_are_stopped
says: ignores SIGTERM
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


def collect(lines, until):
    outcomes = [("late", None)] * len(lines)
    waiting = list(lines)
    while waiting:
        ready = wait(waiting, timeout=max(0.0, until - time.monotonic()))
        if not ready:
            break
        for line in ready:
            waiting.remove(line)
            try:
                outcomes[lines.index(line)] = line.recv()
            except EOFError:
                outcomes[lines.index(line)] = ("died", None)
    return outcomes


def send_home(chefs):
    for process in chefs:
        process.terminate()
    for process in chefs:
        process.join()


def serve(orders, limit):
    until = time.monotonic() + limit
    chefs, lines = start_all(orders)
    try:
        return collect(lines, until)
    finally:
        send_home(chefs)
        for line in lines:
            line.close()
