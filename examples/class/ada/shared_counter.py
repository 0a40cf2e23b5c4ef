"""Exercise 03. Value brings a lock along, so I use that one."""

from multiprocessing import Process, Value


def add_plates(tally, increments: int) -> None:
    for _ in range(increments):
        # += is a read and a write. Nobody may come in between.
        with tally.get_lock():
            tally.value += 1


def count_up(processes: int, increments: int) -> int:
    tally = Value("i", 0)
    chefs = [Process(target=add_plates, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally.value


if __name__ == "__main__":
    print("plates:", count_up(processes=5, increments=1000))
