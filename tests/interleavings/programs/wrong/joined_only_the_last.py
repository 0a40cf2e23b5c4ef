"""Only the process that was started last is joined before the results are read.

expect: [1, 1, 1]
finding: wrong-result
"""

from multiprocessing import Array, Process


def work(results, place):
    results[place] = 1


def program():
    results = Array("i", 3)
    workers = []
    for place in range(3):
        worker = Process(target=work, args=(results, place))
        worker.start()
        workers.append(worker)
    worker.join()
    found = results[:]
    for worker in workers:
        worker.join()
    return found


if __name__ == "__main__":
    print(program())
