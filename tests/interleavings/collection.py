"""The collection of small multi-process programs, each known to be right or wrong.

A program says in its header, the module's docstring, what it does and what comes of it:

    expect: 4               the one right result as JSON; several lines when several are right
    finding: wrong-result   wrong ones only: what some interleaving of it ends in
    latent: yes             wrong ones only: it hangs only when a pipe or queue holds more than here

Headers are read strictly, for a slip in one would make a lie of what is measured with the collection.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"
FINDINGS = ("wrong-result", "deadlock", "exception", "leftovers", "livelock")
FIELD = re.compile(r"(\w+): (.*)")


@dataclass(frozen=True)
class Program:
    """One program of the collection and what its header says."""

    name: str
    path: Path
    right: bool
    expected: tuple[object, ...]
    finding: str | None
    latent: bool


def load() -> list[Program]:
    """All programs, the right ones first, by name.

    Raises:
        ValueError: a header is not as it must be; the message names the file.
    """
    return [
        read(path, right=side == "right")
        for side in ("right", "wrong")
        for path in sorted((PROGRAMS / side).glob("*.py"))
    ]


def read(path: Path, right: bool) -> Program:
    """One program, by its header.

    Raises:
        ValueError: the header is not as it must be; the message names the file.
    """
    try:
        return _program(path, right, ast.parse(path.read_text("utf-8")))
    except (ValueError, SyntaxError) as problem:
        raise ValueError(f"{path}: {problem}") from problem


def as_data(result: object) -> object:
    """A result as JSON has it: tuples as lists, so that it compares with what a header says."""
    return json.loads(json.dumps(result))


def _program(path: Path, right: bool, tree: ast.Module) -> Program:
    if not any(isinstance(node, ast.FunctionDef) and node.name == "program" for node in tree.body):
        raise ValueError("it has no function program()")
    fields = _fields(ast.get_docstring(tree) or "")
    expected = tuple(json.loads(each) for each in fields.pop("expect", []))
    if not expected:
        raise ValueError("the header has no line 'expect: JSON'")
    finding = _single(fields, "finding")
    latent = _single(fields, "latent")
    if fields:
        raise ValueError(f"unknown in the header: {', '.join(sorted(fields))}")
    if right and (finding or latent):
        raise ValueError("a right program has neither 'finding' nor 'latent'")
    if not right and finding not in FINDINGS:
        raise ValueError(f"'finding' must be one of {', '.join(FINDINGS)}, not {finding}")
    if latent not in (None, "yes"):
        raise ValueError(f"'latent' can only be yes, not {latent}")
    return Program(path.stem, path, right, expected, finding, latent is not None)


def _fields(docstring: str) -> dict[str, list[str]]:
    """The header's fields: what stands below the docstring's first paragraph."""
    sentence, separator, below = docstring.partition("\n\n")
    if not sentence or not separator:
        raise ValueError("the header must be a sentence, an empty line and fields")
    fields: dict[str, list[str]] = {}
    for line in below.strip().splitlines():
        field = FIELD.fullmatch(line)
        if field is None:
            raise ValueError(f"not a field of a header: {line!r}")
        fields.setdefault(field[1], []).append(field[2])
    return fields


def _single(fields: dict[str, list[str]], name: str) -> str | None:
    values = fields.pop(name, [])
    if len(values) > 1:
        raise ValueError(f"{name!r} is given {len(values)} times")
    return values[0] if values else None
