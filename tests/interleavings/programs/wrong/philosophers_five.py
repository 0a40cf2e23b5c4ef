"""Five philosophers eat once, and each takes the left fork first.

expect: [1, 1, 1, 1, 1]
finding: deadlock
"""

from multiprocessing import Array, Process, Semaphore


def dine(number, forks, meals):
    forks[number].acquire()
    forks[(number + 1) % len(forks)].acquire()
    meals[number] += 1
    forks[(number + 1) % len(forks)].release()
    forks[number].release()


def program():
    forks = [Semaphore(1) for _ in range(5)]
    meals = Array("i", 5)
    table = [Process(target=dine, args=(number, forks, meals)) for number in range(5)]
    for philosopher in table:
        philosopher.start()
    for philosopher in table:
        philosopher.join()
    return meals[:]


if __name__ == "__main__":
    print(program())
