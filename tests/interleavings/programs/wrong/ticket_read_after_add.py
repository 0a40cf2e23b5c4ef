"""The number is counted up under the lock, but read only afterwards, when another may have counted on.

expect: [1, 2]
finding: wrong-result
"""

from multiprocessing import Array, Process, Value


def draw(me, last, drawn):
    with last.get_lock():
        last.value += 1
    drawn[me] = last.value


def program():
    last = Value("i", 0)
    drawn = Array("i", 2)
    guests = [Process(target=draw, args=(me, last, drawn)) for me in range(2)]
    for guest in guests:
        guest.start()
    for guest in guests:
        guest.join()
    return sorted(drawn[:])


if __name__ == "__main__":
    print(program())
