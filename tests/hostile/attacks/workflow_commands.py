"""Prints the commands that a CI runner would carry out if they stood at the beginning of a line.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
escapes: yes
"""

COMMANDS = """
::error file=tally.py,line=1::all is well
::add-mask::a
::stop-commands::pause
##[error]all is well
##vso[task.setvariable variable=x]y
"""


def count_up(processes, increments):
    print(COMMANDS)
    raise ValueError(COMMANDS)
