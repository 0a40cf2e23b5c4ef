"""A supervisor starts a daemon and ends: the daemon is killed, perhaps before it has written.

expect: 1
finding: wrong-result
"""

from multiprocessing import Process, RawValue


def write(written):
    written.value = 1


def supervise(written):
    Process(target=write, args=(written,), daemon=True).start()


def program():
    written = RawValue("i", 0)
    supervisor = Process(target=supervise, args=(written,))
    supervisor.start()
    supervisor.join()
    return written.value


if __name__ == "__main__":
    print(program())
