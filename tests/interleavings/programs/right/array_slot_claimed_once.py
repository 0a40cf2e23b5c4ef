"""Each process looks for a free slot of an array and takes it while it holds the array's lock.

expect: [1, 2]
"""

from multiprocessing import Array, Process


def claim(slots, number):
    with slots.get_lock():
        for place in range(len(slots)):
            if slots[place] == 0:
                slots[place] = number
                return


def program():
    slots = Array("i", 2)
    workers = [Process(target=claim, args=(slots, number)) for number in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(slots[:])


if __name__ == "__main__":
    print(program())
