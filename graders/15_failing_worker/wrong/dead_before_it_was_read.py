"""First a look whether there is a word, then whether the chef is alive: his last word may come in between.

caught-by: test_no_order_of_steps_hangs_or_lies
says: answer was there
may-fail: test_all_goes_well, test_an_exception_is_reported, test_the_dead_are_noticed, test_a_big_dish, test_leaves_nothing, test_the_late_are_stopped, test_the_stubborn_are_stopped, test_all_cook_at_once
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
    outcomes = [("late", None)] * len(lines)
    waiting = set(range(len(lines)))
    while waiting and time.monotonic() < until:
        for number in sorted(waiting):
            if lines[number].poll():
                try:
                    outcomes[number] = lines[number].recv()
                except EOFError:
                    outcomes[number] = ("died", None)
            elif not chefs[number].is_alive():
                outcomes[number] = ("died", None)
            else:
                continue
            waiting.remove(number)
        time.sleep(0.002)
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
