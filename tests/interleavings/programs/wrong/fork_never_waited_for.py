"""A forked child is never waited for.

expect: "ok"
finding: leftovers
"""

import os


def program():
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"ok")
        os._exit(0)
    word = os.read(reader, 2).decode()
    os.close(reader)
    os.close(writer)
    return word


if __name__ == "__main__":
    print(program())
