"""Sentinels beside the lines: whoever ends is heard, and then whether he had said something."""

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
    chefs, lines, ends = [], [], []
    for dish, seconds in orders:
        ours, theirs = Pipe(duplex=False)
        process = Process(target=chef, args=(dish, seconds, theirs))
        process.start()
        chefs.append(process)
        lines.append(ours)
        ends.append(theirs)
    return chefs, lines, ends


def collect(chefs, lines, until):
    outcomes = [("late", None)] * len(lines)
    numbers = {}
    for number, (process, line) in enumerate(zip(chefs, lines)):
        numbers[process.sentinel] = numbers[line] = number
    while numbers:
        ready = wait(list(numbers), max(0.0, until - time.monotonic()))
        if not ready:
            break
        for number in {numbers[thing] for thing in ready}:
            line, process = lines[number], chefs[number]
            outcomes[number] = line.recv() if line.poll() else ("died", None)
            del numbers[line], numbers[process.sentinel]
    return outcomes


def serve(orders, limit):
    until = time.monotonic() + limit
    chefs, lines, ends = start_all(orders)
    try:
        return collect(chefs, lines, until)
    finally:
        for process in chefs:
            process.terminate()
        for process in chefs:
            process.join(0.2)
            process.kill()
            process.join()
        for line in lines + ends:
            line.close()
