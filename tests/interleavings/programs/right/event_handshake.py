"""Two events hand the turn over and back.

expect: [1, 2]
"""

from multiprocessing import Array, Event, Process


def work(question, answer, board):
    question.wait()
    board[1] = board[0] + 1
    answer.set()


def program():
    question, answer = Event(), Event()
    board = Array("i", 2)
    worker = Process(target=work, args=(question, answer, board))
    worker.start()
    board[0] = 1
    question.set()
    answer.wait()
    result = board[:]
    worker.join()
    return result


if __name__ == "__main__":
    print(program())
