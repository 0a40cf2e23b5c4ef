# Dilan, exercise 1
import time
import multiprocessing as mp


def cook(dish, seconds):
    print(f"{dish}: on the stove ({mp.current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


class Chef(mp.Process):
    def __init__(self, dish, seconds):
        super().__init__()
        self.dish = dish
        self.seconds = seconds

    def run(self):
        cook(self.dish, self.seconds)


def cook_all(orders):
    kitchen = [Chef(*order) for order in orders]
    for chef in kitchen: chef.start()
    for chef in kitchen: chef.join()
    return [chef.exitcode for chef in kitchen]
