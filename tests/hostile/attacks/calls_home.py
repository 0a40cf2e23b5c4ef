"""Connects to a socket of another program on this machine, which may stand for the network.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock
breaks: network
"""

import os
import socket


def ancestors():
    pid = os.getpid()
    while pid > 1:
        yield pid
        try:
            with open(f"/proc/{pid}/stat") as file:
                pid = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            return


def count_up(processes, increments):
    for pid in ancestors():
        with socket.socket(socket.AF_UNIX) as there:
            try:
                there.connect(f"\0manychefs-hostile-{pid}")
                there.sendall(b"the solution")
                print("GOT" + " THROUGH")
            except OSError as error:
                print(error)
