"""Three processes write, meet at a barrier and then add up what all of them have written.

expect: 9
"""

from multiprocessing import Array, Barrier, Process, Value


def work(me, parts, barrier, total):
    parts[me] = 1
    barrier.wait()
    mine = sum(parts[:])
    with total.get_lock():
        total.value += mine


def program():
    parts, total = Array("i", 3), Value("i", 0)
    barrier = Barrier(3)
    workers = [Process(target=work, args=(me, parts, barrier, total)) for me in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return total.value


if __name__ == "__main__":
    print(program())
