"""Two clients share one connection to the server and lock sending and receiving each for itself: one may
get the other's reply.

expect: [1, 4]
finding: wrong-result
"""

from multiprocessing import Array, Lock, Pipe, Process


def serve(end):
    for _ in range(2):
        end.send(end.recv() ** 2)


def ask(end, lock, place, answers):
    with lock:
        end.send(place + 1)
    with lock:
        answers[place] = end.recv()


def program():
    here, there = Pipe()
    lock, answers = Lock(), Array("i", 2)
    server = Process(target=serve, args=(there,))
    clients = [Process(target=ask, args=(here, lock, place, answers)) for place in range(2)]
    for each in (server, *clients):
        each.start()
    for each in (server, *clients):
        each.join()
    return answers[:]


if __name__ == "__main__":
    print(program())
