"""Two buyers look whether a seat is free and then take it: both may see the last one.

expect: 0
finding: wrong-result
"""

from multiprocessing import Process, Value


def buy(seats):
    if seats.value > 0:
        with seats.get_lock():
            seats.value -= 1


def program():
    seats = Value("i", 1)
    buyers = [Process(target=buy, args=(seats,)) for _ in range(2)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    return seats.value


if __name__ == "__main__":
    print(program())
