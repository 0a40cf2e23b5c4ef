"""Joins whichever process is ready first, and puts its code where its order stands."""

import time
from multiprocessing import Process, connection, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    codes: list[int | None] = [None] * len(orders)
    at_work = {}
    for place, (dish, seconds) in enumerate(orders):
        chef = Process(target=cook, kwargs={"dish": dish, "seconds": seconds})
        chef.start()
        at_work[chef.sentinel] = (place, chef)
    while at_work:
        for sentinel in connection.wait(list(at_work)):
            place, chef = at_work.pop(sentinel)
            chef.join()
            codes[place] = chef.exitcode
    return codes
