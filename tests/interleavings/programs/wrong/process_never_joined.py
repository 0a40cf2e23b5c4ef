"""The result is awaited, but the process is not: it may still be there when the program is done.

expect: 6
finding: leftovers
"""

from multiprocessing import Process, SimpleQueue


def work(results):
    results.put(6)


def program():
    results = SimpleQueue()
    Process(target=work, args=(results,)).start()
    return results.get()


if __name__ == "__main__":
    print(program())
