"""Each process draws the next number, and counts on, under the lock.

expect: [0, 1, 2]
"""

from multiprocessing import Array, Process, Value


def draw(me, following, drawn):
    with following.get_lock():
        ticket = following.value
        following.value += 1
    drawn[me] = ticket


def program():
    following = Value("i", 0)
    drawn = Array("i", 3)
    guests = [Process(target=draw, args=(me, following, drawn)) for me in range(3)]
    for guest in guests:
        guest.start()
    for guest in guests:
        guest.join()
    return sorted(drawn[:])


if __name__ == "__main__":
    print(program())
