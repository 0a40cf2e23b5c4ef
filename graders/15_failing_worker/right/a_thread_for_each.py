"""A thread of the main process for each order: it waits for its own chef with poll."""

import os
import signal
import time
from multiprocessing import Pipe, Process
from threading import Thread


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


def look_after(process, line, until, outcomes, number):
    try:
        if line.poll(max(0.0, until - time.monotonic())):
            outcomes[number] = line.recv()
    except EOFError:
        outcomes[number] = ("died", None)
    process.kill()
    process.join()
    line.close()


def serve(orders, limit):
    until = time.monotonic() + limit
    outcomes = [("late", None)] * len(orders)
    carers = []
    for number, order in enumerate(orders):
        ours, theirs = Pipe(duplex=False)
        process = Process(target=chef, args=(*order, theirs))
        process.start()
        theirs.close()
        carers.append(Thread(target=look_after, args=(process, ours, until, outcomes, number)))
    for carer in carers:
        carer.start()
    for carer in carers:
        carer.join()
    return outcomes
