"""Two buyers compete for one seat under the lock; either may win, but only one.

expect: "ada"
expect: "bob"
"""

from multiprocessing import Process, Value


def buy(seat, buyer):
    with seat.get_lock():
        if seat.value == 0:
            seat.value = buyer


def program():
    seat = Value("i", 0)
    buyers = [Process(target=buy, args=(seat, number)) for number in (1, 2)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    return {1: "ada", 2: "bob"}[seat.value]


if __name__ == "__main__":
    print(program())
