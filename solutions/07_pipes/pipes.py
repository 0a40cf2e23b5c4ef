"""07 pipes: a hatch between the dining room and the kitchen, with an end on either side.

Run it with `python3 pipes.py`; check it with `chefs check 07`.
"""

import time
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection


def prepare(order: str, pause: float) -> str:
    """The kitchen's work on one order (given): it takes `pause` seconds; an empty order is an error."""
    time.sleep(pause)
    if not order:
        raise ValueError("an empty order: nobody can cook that")
    return order.upper()


def kitchen(hatch: Connection, other_end: Connection, pause: float) -> None:
    """The server, a process of its own: answer every order until the other end is closed."""
    # Task 1: close the end that is not yours, answer order after order, and leave at the end of the pipe.
    ### BEGIN SOLUTION
    other_end.close()
    while True:
        try:
            order = hatch.recv()
        except EOFError:
            break
        hatch.send(prepare(order, pause))
    hatch.close()
    ### END SOLUTION


def open_kitchen(kitchen_end: Connection, dining_room_end: Connection, pause: float) -> Process:
    """Start the kitchen at its end of the hatch; of the two ends, the caller keeps one."""
    # Task 2: start the kitchen with both ends, then close the one that this process does not use.
    ### BEGIN SOLUTION
    process = Process(target=kitchen, args=(kitchen_end, dining_room_end, pause))
    process.start()
    kitchen_end.close()
    return process
    ### END SOLUTION


def serve(orders: list[str], pause: float = 0.0) -> list[str]:
    """Have every order prepared in the kitchen; return the answers, as many as there are."""
    dining_room_end, kitchen_end = Pipe()
    process = open_kitchen(kitchen_end, dining_room_end, pause)
    # Task 3: ask for one order at a time; if the kitchen has closed, stop; then close your end and join.
    ### BEGIN SOLUTION
    answers = []
    try:
        for order in orders:
            dining_room_end.send(order)
            answers.append(dining_room_end.recv())
    except EOFError:
        pass
    dining_room_end.close()
    process.join()
    return answers
    ### END SOLUTION


def walk_out(order: str) -> int | None:
    """A guest who leaves after one order without a word (given); returns the kitchen's exit code."""
    dining_room_end, kitchen_end = Pipe()
    process = open_kitchen(kitchen_end, dining_room_end, 0.0)
    dining_room_end.send(order)
    dining_room_end.recv()
    dining_room_end.close()
    process.join()
    return process.exitcode


def main() -> None:
    """Three orders; then a guest who walks out; then an order that the kitchen cannot prepare."""
    print(serve(["soup", "roast", "cake"], pause=0.1))
    print("the kitchen's exit code:", walk_out("tea"))
    print(serve(["soup", "", "cake"]))


if __name__ == "__main__":
    main()
