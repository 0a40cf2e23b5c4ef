"""Looks for a way out of its file system: by other processes' roots, by links, by its own mounts.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock
breaks: files
may: none
"""

import os


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
    with open("/proc/self/mountinfo") as file:
        places = [line.split()[3] for line in file] + [
            line.split()[4] for line in open("/proc/self/mountinfo")
        ]
    folders = {os.path.dirname(place) for place in places} | {"/", "/sub", "/run", "/old", "/new", "/oldroot"}
    for pid in [1, *ancestors()]:
        root, cwd = f"/proc/{pid}/root", f"/proc/{pid}/cwd"
        folders |= {root, os.path.join(root, "tmp"), os.path.join(root, "tmp/work"), cwd, f"{cwd}/.."}
    for folder in sorted(folders):
        for name in (
            "tally.py",
            "course.toml",
            "../solutions/01_tally/tally.py",
            "kitchen/course/course.toml",
        ):
            try:
                with open(os.path.join(folder, name)) as file:
                    text = file.read()
                    if "CAN" + "ARY-" in text or "[[exer" + "cise]]" in text:  # and not in this very file
                        print("GOT" + " THROUGH:", folder, name)
            except OSError:
                pass
