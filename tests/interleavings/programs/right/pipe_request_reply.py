"""The main process asks through a pipe and waits for each reply.

expect: [1, 4]
"""

from multiprocessing import Pipe, Process


def serve(end):
    while (number := end.recv()) is not None:
        end.send(number * number)


def program():
    here, there = Pipe()
    server = Process(target=serve, args=(there,))
    server.start()
    found = []
    for number in (1, 2):
        here.send(number)
        found.append(here.recv())
    here.send(None)
    server.join()
    return found


if __name__ == "__main__":
    print(program())
