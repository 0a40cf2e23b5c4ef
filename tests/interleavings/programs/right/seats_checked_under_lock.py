"""Two buyers look whether a seat is free and take it in one section under the lock.

expect: [0, 1]
"""

from multiprocessing import Process, Value


def buy(seats, sold):
    with seats.get_lock():
        if seats.value > 0:
            seats.value -= 1
            sold.value += 1


def program():
    seats, sold = Value("i", 1), Value("i", 0)
    buyers = [Process(target=buy, args=(seats, sold)) for _ in range(2)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    return [seats.value, sold.value]


if __name__ == "__main__":
    print(program())
