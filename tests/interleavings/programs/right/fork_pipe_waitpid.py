"""A forked child answers through a pipe of the system's and is waited for.

expect: ["ok", 0]
"""

import os


def program():
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.write(writer, b"ok")
        os._exit(0)
    os.close(writer)
    word = os.read(reader, 2).decode()
    os.close(reader)
    _, status = os.waitpid(child, 0)
    return [word, os.waitstatus_to_exitcode(status)]


if __name__ == "__main__":
    print(program())
