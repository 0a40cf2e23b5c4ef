"""`join` with a time-out comes back before the worker is done, and nobody asks whether it is.

expect: 42
finding: wrong-result
"""

from multiprocessing import Process, Value


def compute(answer):
    answer.value = 42


def program():
    answer = Value("i", 0)
    worker = Process(target=compute, args=(answer,))
    worker.start()
    worker.join(timeout=0.01)
    result = answer.value
    worker.join()
    return result


if __name__ == "__main__":
    print(program())
