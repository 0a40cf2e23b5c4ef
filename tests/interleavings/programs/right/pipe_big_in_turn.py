"""One end sends first and the other receives first, so that large messages pass.

expect: [100000, 100000]
"""

from multiprocessing import Pipe, Process


def reply(end):
    data = end.recv_bytes()
    end.send_bytes(data)
    end.send(len(data))


def program():
    here, there = Pipe()
    other = Process(target=reply, args=(there,))
    other.start()
    here.send_bytes(b"y" * 100_000)
    back = len(here.recv_bytes())
    there_length = here.recv()
    other.join()
    return [back, there_length]


if __name__ == "__main__":
    print(program())
