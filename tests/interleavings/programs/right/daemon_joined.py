"""A supervisor joins its daemon before it ends.

expect: 1
"""

from multiprocessing import Process, Value


def write(written):
    written.value = 1


def supervise(written):
    daemon = Process(target=write, args=(written,), daemon=True)
    daemon.start()
    daemon.join()


def program():
    written = Value("i", 0)
    supervisor = Process(target=supervise, args=(written,))
    supervisor.start()
    supervisor.join()
    return written.value


if __name__ == "__main__":
    print(program())
