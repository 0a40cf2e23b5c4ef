"""Two semaphores pass the turn to and fro.

expect: "pqpq"
"""

from multiprocessing import Array, Process, Semaphore, Value


def play(letter, mine, others, line, length):
    for _ in range(2):
        mine.acquire()
        line[length.value] = letter
        length.value += 1
        others.release()


def program():
    ping, pong = Semaphore(1), Semaphore(0)
    line, length = Array("c", 4), Value("i", 0)
    players = [
        Process(target=play, args=(b"p", ping, pong, line, length)),
        Process(target=play, args=(b"q", pong, ping, line, length)),
    ]
    for player in players:
        player.start()
    for player in players:
        player.join()
    return line[:].decode()


if __name__ == "__main__":
    print(program())
