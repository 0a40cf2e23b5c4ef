from multiprocessing import Process, Value

def add_plates(tally, increments):
    for i in range(increments):
        tally.value += 1      # one line, so it cannot be interrupted

def count_up(processes, increments):
    tally = Value("i", 0)
    ps = []
    for i in range(processes):
        ps.append(Process(target=add_plates, args=(tally, increments)))
    for p in ps:
        p.start()
    for p in ps:
        p.join()
    return tally.value

if __name__ == "__main__":
    print(count_up(5, 10))    # works!!
