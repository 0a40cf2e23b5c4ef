"""The worker is terminated when it has answered and holds nothing any more.

expect: 9
"""

from multiprocessing import Pipe, Process


def serve(end):
    while True:
        end.send(end.recv() ** 2)


def program():
    here, there = Pipe()
    server = Process(target=serve, args=(there,))
    server.start()
    here.send(3)
    answer = here.recv()
    server.terminate()
    server.join()
    return answer


if __name__ == "__main__":
    print(program())
