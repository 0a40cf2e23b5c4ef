"""Both ends send before they receive; it goes well only as long as the messages fit the pipe.

expect: [3, 1]
finding: deadlock
latent: yes
"""

from multiprocessing import Pipe, Process, Value


def talk(end, received):
    end.send("abc")
    received.value = len(end.recv())


def program():
    here, there = Pipe()
    received = Value("i", 0)
    other = Process(target=talk, args=(there, received))
    other.start()
    here.send("x")
    mine = len(here.recv())
    other.join()
    return [mine, received.value]


if __name__ == "__main__":
    print(program())
