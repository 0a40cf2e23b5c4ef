"""Both ends send a large message before they receive: neither fits the pipe, and nobody reads.

expect: [1000000, 1000000]
finding: deadlock
"""

from multiprocessing import Pipe, Process, Value


def talk(end, length):
    end.send_bytes(b"x" * 1_000_000)
    length.value = len(end.recv_bytes())


def program():
    here, there = Pipe()
    length = Value("i", 0)
    other = Process(target=talk, args=(there, length))
    other.start()
    here.send_bytes(b"y" * 1_000_000)
    mine = len(here.recv_bytes())
    other.join()
    return [mine, length.value]


if __name__ == "__main__":
    print(program())
