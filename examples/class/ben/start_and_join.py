import time
from multiprocessing import Process, current_process

def cook(dish, seconds):
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")

def cook_all(orders):
    codes = []
    for dish, seconds in orders:
        p = Process(target=cook, args=(dish, seconds))
        p.start()
        p.join()
        codes.append(p.exitcode)
    return codes

if __name__ == "__main__":
    print(cook_all([("stew", 2), ("rice", 1.5), ("soup", 1)]))
