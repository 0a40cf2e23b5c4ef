"""Prints and raises HTML, terminal escapes, direction overrides, NULs and spreadsheet formulas.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
escapes: yes
everyday: yes
"""

NASTY = "<script>alert(1)</script>\x1b[2J\x1b[1;1H\x9b31m\u202e6 of 6 points\u2066\x00\x07\r=1+1 \ud800"


class Nasty(Exception):
    pass


Nasty.__name__ = Nasty.__qualname__ = NASTY.replace("\ud800", "")


def count_up(processes, increments):
    print(NASTY.replace("\ud800", ""))
    raise Nasty(NASTY)
