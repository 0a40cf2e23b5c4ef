"""`wait` with a time-out comes back without the event too, and nobody looks at what it returned.

expect: 42
finding: wrong-result
"""

from multiprocessing import Event, Process, Value


def compute(answer, ready):
    answer.value = 42
    ready.set()


def program():
    answer = Value("i", 0)
    ready = Event()
    worker = Process(target=compute, args=(answer, ready))
    worker.start()
    ready.wait(timeout=0.01)
    result = answer.value
    worker.join()
    return result


if __name__ == "__main__":
    print(program())
