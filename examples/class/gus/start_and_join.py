import time
from multiprocessing import Process, current_process

print("=" * 60)
print("gus's kitchen v7 FINAL")
print("=" * 60)

def cook(dish, seconds):
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")

def cook_all(orders):
    print("DEBUG orders", orders)
    chefs = [Process(target=cook, args=order) for order in orders]
    for c in chefs:
        print("DEBUG start", c)
        c.start()
    for c in chefs:
        print("DEBUG join", c)
        c.join()
    codes = [c.exitcode for c in chefs]
    print("DEBUG codes", codes)
    return codes
