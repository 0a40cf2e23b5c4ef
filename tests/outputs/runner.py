"""What GitHub's runner takes for a command in a job's log, by the rules of its own parser.

The rules are those of `ActionCommand.cs` and `ActionCommandManager.cs` in github.com/actions/runner: a line
ends at CR, LF or both; `::name …::` counts where only white space stands before it, `##[name …]` anywhere;
the name must be one that is known, in any case; between stop-commands and its token nothing else counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KNOWN = {
    *("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group"),
    *("internal-set-repo-path", "notice", "remove-matcher", "save-state", "set-env", "set-output"),
    *("stop-commands", "warning"),
}
DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
OLDER = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))


@dataclass(frozen=True)
class Command:
    """A command that is carried out: its name, its properties and its message, each unescaped."""

    name: str
    properties: dict[str, str]
    message: str
    line: str


def carried_out(log: str) -> list[Command]:
    """The commands that the runner carries out, in order; stop-commands and its token are none of them.

    Raises:
        AssertionError: if commands are stopped and never go on again.
    """
    found, token = [], ""
    for line in re.split(r"\r\n|\r|\n", log):
        command = _newer(line, KNOWN | {token}) or _older(line, KNOWN | {token})
        if command is None:
            continue
        if token:
            token = "" if command.name == token else token
        elif command.name == "stop-commands":
            token = command.message.lower()
        else:
            found.append(command)
    assert not token, "commands are stopped to the end of the log"
    return found


def _newer(line: str, known: set[str]) -> Command | None:
    """`::error file=a.py,line=3::message`"""
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, properties = line[2:end].partition(" ")
    return _command(line, name, properties.strip().split(","), line[end + 2 :], known, PROPERTY, DATA)


def _older(line: str, known: set[str]) -> Command | None:
    """`##[error file=a.py;line=3]message`"""
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name, _, properties = line[start + 3 : end].partition(" ")
    return _command(line, name, properties.split(";"), line[end + 1 :], known, OLDER, OLDER)


def _command(
    line: str,
    name: str,
    properties: list[str],
    message: str,
    known: set[str],
    in_property: tuple[tuple[str, str], ...],
    in_message: tuple[tuple[str, str], ...],
) -> Command | None:
    if name.lower() not in known:
        return None
    pairs = [pair for each in properties if len(pair := each.split("=", 1)) == 2 and all(pair)]
    values = {key: _unescaped(value, in_property) for key, value in pairs}
    return Command(name.lower(), values, _unescaped(message, in_message), line)


def _unescaped(text: str, codes: tuple[tuple[str, str], ...]) -> str:
    for code, sign in codes:
        text = text.replace(code, sign)
    return text
