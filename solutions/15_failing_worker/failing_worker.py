"""15 failing_worker: chefs who burn the dish, drop out, or never finish.

Run it with `python3 failing_worker.py`; check it with `chefs check 15`.
"""

import os
import signal
import time
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

Outcome = tuple[
    str, str | None
]  # ("done", dish), ("raised", "Type: message"), ("died", None), ("late", None)
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has no SIGKILL


def cook(dish: str, seconds: float) -> str:
    """The work on one order (given). It can go wrong in every way in which work goes wrong."""
    if dish == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # from now on terminate() does nothing to him
    time.sleep(seconds)
    if dish == "toast":
        raise ValueError("the toast is burnt")
    if dish == "crash":
        os.kill(os.getpid(), KILL)  # as the system does when memory runs out: no `except` sees it
    if dish == "walkout":
        os._exit(0)  # gone without a word, and with exit code 0
    return dish.upper()


def chef(dish: str, seconds: float, line: Connection) -> None:
    """A chef's process: cook one order and say over `line` how it went."""
    # Task 1: send ("done", the dish), or ("raised", "Type: message") when cook raises an exception.
    ### BEGIN SOLUTION
    outcome: Outcome
    try:
        outcome = ("done", cook(dish, seconds))
    except Exception as error:
        outcome = ("raised", f"{type(error).__name__}: {error}")
    line.send(outcome)
    ### END SOLUTION


def start_all(orders: list[tuple[str, float]]) -> tuple[list[BaseProcess], list[Connection]]:
    """Start a chef for each order; return the processes and the ends to hear them by, in that order."""
    # Task 2: make a pipe and start a process for each order; keep only the receiving ends open.
    ### BEGIN SOLUTION
    chefs: list[BaseProcess] = []
    lines: list[Connection] = []
    for dish, seconds in orders:
        ours, theirs = Pipe(duplex=False)
        process = Process(target=chef, args=(dish, seconds, theirs))
        process.start()
        theirs.close()
        chefs.append(process)
        lines.append(ours)
    return chefs, lines
    ### END SOLUTION


def collect(lines: list[Connection], until: float) -> list[Outcome]:
    """Hear all chefs, until the time `until` of time.monotonic(); return their outcomes, in that order."""
    # Task 3: take what comes, whoever is first; the end of a line means "died", no word in time "late".
    ### BEGIN SOLUTION
    outcomes: list[Outcome] = [("late", None)] * len(lines)
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
    ### END SOLUTION


def send_home(chefs: list[BaseProcess]) -> None:
    """End whoever is still at work, and wait until all have ended."""
    # Task 4: leave nobody behind, neither at work nor as a zombie.
    ### BEGIN SOLUTION
    for process in chefs:
        process.kill()
    for process in chefs:
        process.join()
    ### END SOLUTION


def serve(orders: list[tuple[str, float]], limit: float) -> list[Outcome]:
    """Cook all orders (dish, seconds) at once, within `limit` seconds; return how each one ended (given)."""
    until = time.monotonic() + limit
    chefs, lines = start_all(orders)
    try:
        return collect(lines, until)
    finally:  # on every way out, also when collect raises
        send_home(chefs)
        for line in lines:
            line.close()


def main() -> None:
    """One of each kind, and two seconds for all of them."""
    orders = [("soup", 0.5), ("toast", 0.2), ("crash", 0.1), ("walkout", 0.1), ("stew", 3600.0)]
    for order, outcome in zip(orders, serve(orders, limit=2.0), strict=True):
        print(order, "->", outcome)


if __name__ == "__main__":
    main()
