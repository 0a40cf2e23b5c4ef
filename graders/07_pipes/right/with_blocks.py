"""The ends are closed by `with`, and the end of the pipe is caught around the kitchen's whole loop."""

import time
from multiprocessing import Pipe, Process


def prepare(order, pause):
    time.sleep(pause)
    if not order:
        raise ValueError("an empty order: nobody can cook that")
    return order.upper()


def kitchen(hatch, other_end, pause):
    other_end.close()
    with hatch:
        while True:
            try:
                order = hatch.recv()
            except (EOFError, ConnectionResetError):
                return
            hatch.send(prepare(order, pause))


def open_kitchen(theirs, mine, pause):
    process = Process(target=kitchen, args=(theirs, mine, pause))
    process.start()
    theirs.close()
    return process


def serve(orders: list[str], pause: float = 0.0) -> list[str]:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, pause)
    with hatch:
        answers = list(ask(hatch, orders))
    process.join()
    return answers


def ask(hatch, orders):
    for order in orders:
        hatch.send(order)
        try:
            yield hatch.recv()
        except EOFError:
            return


def walk_out(order: str) -> int | None:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, 0.0)
    hatch.send(order)
    hatch.recv()
    hatch.close()
    process.join()
    return process.exitcode
