"""Chefs and main process share a lock for what they print. A chef is terminated with it, and nobody gives it back.

caught-by: test_no_order_of_steps_hangs_or_lies
says: orphaned lock
"""

import os
import signal
import time
from multiprocessing import Lock, Pipe, Process
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


def say(board, *words):
    with board:
        print(*words, flush=True)


def chef(dish, seconds, line, board):
    say(board, dish[:20], "is on the stove")
    try:
        outcome = ("done", cook(dish, seconds))
    except Exception as error:
        outcome = ("raised", f"{type(error).__name__}: {error}")
    say(board, dish[:20], outcome[0])
    line.send(outcome)


def start_all(orders, board):
    chefs, lines = [], []
    for dish, seconds in orders:
        ours, theirs = Pipe(duplex=False)
        process = Process(target=chef, args=(dish, seconds, theirs, board))
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
        process.kill()
    for process in chefs:
        process.join()


def serve(orders, limit):
    until = time.monotonic() + limit
    board = Lock()
    chefs, lines = start_all(orders, board)
    try:
        return collect(lines, until)
    finally:
        send_home(chefs)
        say(board, "the kitchen is closed")
        for line in lines:
            line.close()
