"""Both sides wait with connection.wait, the main process for an answer or for the kitchen's end."""

import time
from multiprocessing import Pipe, Process
from multiprocessing.connection import wait


def prepare(order, pause):
    time.sleep(pause)
    if not order:
        raise ValueError("an empty order: nobody can cook that")
    return order.upper()


def kitchen(hatch, other_end, pause):
    other_end.close()
    while wait([hatch]):
        try:
            order = hatch.recv()
        except EOFError:
            break
        hatch.send(prepare(order, pause))
    hatch.close()


def open_kitchen(theirs, mine, pause):
    process = Process(target=kitchen, args=(theirs, mine, pause))
    process.start()
    theirs.close()
    return process


def serve(orders: list[str], pause: float = 0.0) -> list[str]:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, pause)
    answers = []
    try:
        for order in orders:
            hatch.send(order)
            wait([hatch, process.sentinel])
            if not hatch.poll():
                break
            answers.append(hatch.recv())
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return answers
    finally:
        hatch.close()
        process.join()
    return answers


def walk_out(order: str) -> int | None:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, 0.0)
    hatch.send(order)
    hatch.recv()
    hatch.close()
    process.join()
    return process.exitcode
