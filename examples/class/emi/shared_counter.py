from multiprocessing import Process, Value

tally = Value("i", 0)

def add_plates(tally, increments):
    for _ in range(increments):
        with tally.get_lock():
            tally.value += 1

def count_up(processes, increments):
    chefs = [Process(target=add_plates, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally.value

print("How many chefs?")
processes = int(input())
print("plates:", count_up(processes, 1000))
