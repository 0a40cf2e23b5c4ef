"""A subclass of Process whose run() cooks; one loop starts, another joins."""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


class Chef(Process):
    def __init__(self, dish: str, seconds: float) -> None:
        super().__init__(name=f"chef for {dish}")
        self.dish = dish
        self.seconds = seconds

    def run(self) -> None:
        cook(self.dish, self.seconds)


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    chefs = [Chef(dish, seconds) for dish, seconds in orders]
    for chef in chefs:
        chef.start()
    codes = []
    for chef in chefs:
        chef.join()
        codes.append(chef.exitcode)
    return codes
