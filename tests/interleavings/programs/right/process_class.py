"""A subclass of Process sends its result through a pipe of its own.

expect: [6, 15]
"""

from multiprocessing import Pipe, Process


class Summer(Process):
    def __init__(self, numbers):
        super().__init__()
        self.numbers = numbers
        self.reader, self.writer = Pipe(duplex=False)

    def run(self):
        self.writer.send(sum(self.numbers))


def program():
    summers = [Summer(numbers) for numbers in ((1, 2, 3), (4, 5, 6))]
    for summer in summers:
        summer.start()
    found = [summer.reader.recv() for summer in summers]
    for summer in summers:
        summer.join()
    return found


if __name__ == "__main__":
    print(program())
