"""One barrier parts writing from reading, a second parts reading from the next round's writing.

expect: [0, 1, 0, 1]
"""

from multiprocessing import Array, Barrier, Process


def play(me, board, seen, barrier):
    for number in range(2):
        board[me] = number
        barrier.wait()
        seen[2 * me + number] = board[1 - me]
        barrier.wait()


def program():
    board, seen = Array("i", 2), Array("i", 4)
    barrier = Barrier(2)
    players = [Process(target=play, args=(me, board, seen, barrier)) for me in range(2)]
    for player in players:
        player.start()
    for player in players:
        player.join()
    return seen[:]


if __name__ == "__main__":
    print(program())
