"""Only two of three philosophers may sit at the table at once.

expect: [1, 1, 1]
"""

from multiprocessing import Array, Lock, Process, Semaphore


def dine(number, chairs, forks, meals):
    with chairs, forks[number], forks[(number + 1) % len(forks)]:
        meals[number] += 1


def program():
    chairs = Semaphore(2)
    forks = [Lock() for _ in range(3)]
    meals = Array("i", 3)
    table = [Process(target=dine, args=(number, chairs, forks, meals)) for number in range(3)]
    for philosopher in table:
        philosopher.start()
    for philosopher in table:
        philosopher.join()
    return meals[:]


if __name__ == "__main__":
    print(program())
