from multiprocessing import Process, Value


def add_plates(tally, increments):
    for _ in range(increments):
        with tally.get_lock():
            tally.value += 1


def cuont_up(processes, increments):
    tally = Value("i", 0)
    chefs = [Process(target=add_plates, args=(tally, increments)) for _ in range(processes)]
    [chef.start() for chef in chefs]
    [chef.join() for chef in chefs]
    return tally.value


if __name__ == "__main__":
    print("plates:", cuont_up(processes=5, increments=1000))
