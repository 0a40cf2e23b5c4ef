"""The result is read when the worker has been joined.

expect: 42
"""

from multiprocessing import Process, Value


def compute(answer):
    answer.value = 42


def program():
    answer = Value("i", 0)
    worker = Process(target=compute, args=(answer,))
    worker.start()
    worker.join()
    return answer.value


if __name__ == "__main__":
    print(program())
