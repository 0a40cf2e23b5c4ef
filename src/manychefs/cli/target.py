"""What `chefs explore` and `chefs speedup` are to run, and what is right, from the words of the command line.

Everything that can be wrong with these words is told here, before anything is run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from manychefs.course import Limits
from manychefs.errors import ChefsError
from manychefs.interleavings.search import Call, Schedule
from manychefs.sandbox.inside import plain

LIKE = "chefs explore counter.py::count_up --args '[2, 3]'"
LIMITS = Limits(memory_mb=8192, disk_mb=1 << 20)
"""Of the explored program, which is one's own: walls against a runaway, not against an attack."""
LARGEST_SCHEDULE = 64 << 20  # bytes of a file with a schedule


def call_of(target: str, args: str | None, recorded: Schedule | None) -> Call:
    """The call that PATH.py::FUNCTION and --args ask for, or --replay where there is no --args.

    Raises:
        ChefsError: if the words are wrong.
    """
    path, function = path_and_function(target, LIKE)
    if args is not None:
        given = arguments(args)
    elif recorded is not None:
        given = recorded.args, recorded.kwargs
    else:
        given = [], {}
    if recorded is not None:
        _refuse_another(recorded, function, given)
    return Call(path, function, tuple(given[0]), given[1], LIMITS)


def path_and_function(target: str, like: str) -> tuple[Path, str]:
    """The file, as a whole path, and the function that PATH.py::FUNCTION names.

    Args:
        like: a command that is right, to be shown beside one that is not.

    Raises:
        ChefsError: if it names none, or the file cannot be imported under its name.
    """
    given, separator, function = target.rpartition("::")
    if not separator or not given or not function:
        raise ChefsError(
            f"{target!r} names no function of a file.",
            cause="The file and the function are separated by two colons.",
            evidence=["PATH.py::FUNCTION"],
            next_step=f"Write it like this: {like}",
        )
    path = Path(given)
    _refuse_file(path, given, like)
    if not function.isidentifier():
        raise ChefsError(
            f"{function!r} is no function's name.",
            cause="Only functions at the top level of the file can be called, no methods and no calls.",
            evidence=[target],
            next_step=f"Give the name alone, and its arguments by --args: {like}",
        )
    return path.resolve(), function


def _refuse_file(path: Path, given: str, like: str) -> None:
    """Raise a ChefsError if this is no script that can be imported under its name."""
    happened, cause = "", ""
    name = path.name.removesuffix(".py")
    try:
        if path.is_dir():
            happened, cause = f"{given} is a folder.", "It takes one file, and a function in it."
        elif not path.exists():
            happened, cause = f"There is no file {given}.", "Is it misspelt, or in another folder?"
        elif path.suffix != ".py":
            happened, cause = f"{given} is no Python file.", "Its name does not end in .py."
        elif not path.is_file():
            happened, cause = f"{given} is no regular file.", "It is a device, a pipe or a socket."
        elif name in sys.stdlib_module_names or name == "__main__" or "." in name:
            happened = f"{given} cannot be imported under its name."
            cause = "Python's own library has a module of that name, or there is a dot in it."
        else:
            path.open("rb").close()
    except (OSError, ValueError) as error:
        happened = f"{given} cannot be read."
        cause = getattr(error, "strerror", None) or str(error)
    if happened:
        raise ChefsError(
            happened,
            cause=cause,
            evidence=[f"here: {Path.cwd()}"],
            next_step=f"Name a readable Python file and a function in it: {like}",
        )


# -- JSON -------------------------------------------------------------------------------------


def json_value(option: str, text: str) -> Any:
    """The value of an option that takes JSON.

    Raises:
        ChefsError: if it is no JSON.
    """
    try:
        value = json.loads(text, parse_constant=_no_constant)
        plain.pack(value)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError, plain.NotPlain) as error:
        raise ChefsError(
            f"What follows {option} is not JSON.",
            cause=f"{type(error).__name__}: {error}"[:200],
            evidence=[f"{option} {text[:200]}"],
            next_step="Quote it for the shell, and text in it by double quotes: '[2, \"eggs\", true, null]'",
        ) from None
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


def arguments(text: str) -> tuple[list[Any], dict[str, Any]]:
    """The arguments by place and by name that --args gives.

    Raises:
        ChefsError: if it is no JSON list and no JSON object.
    """
    value = json_value("--args", text)
    if not isinstance(value, list | dict):
        raise ChefsError(
            "--args is neither a list nor an object.",
            cause="A list has the arguments in their order, an object has them by name.",
            evidence=[f"--args {text[:200]}"],
            next_step="One argument is a list of one: --args '[5]', or by its name: --args '{\"times\": 5}'",
        )
    return (value, {}) if isinstance(value, list) else ([], value)


# -- what is right ----------------------------------------------------------------------------


def right_values(expect: str | None, allow: list[str]) -> list[Any]:
    """The values that --expect or --allow give; none if neither is there.

    Raises:
        ChefsError: if both are there, or one is no JSON.
    """
    if expect is not None and allow:
        raise ChefsError(
            "--expect and --allow do not go together.",
            cause="--expect gives the one right value, --allow one of several.",
            evidence=[f"--expect {expect[:200]}", *(f"--allow {each[:200]}" for each in allow[:8])],
            next_step="Give each right value by an --allow of its own.",
        )
    if expect is not None:
        return [json_value("--expect", expect)]
    return [json_value("--allow", each) for each in allow]


def holds(right: list[Any]) -> Callable[[Any], bool] | None:
    """Whether a result is one of the right values; None where none is given."""
    if not right:
        return None
    return lambda value: any(is_same(value, each) for each in right)


def is_same(value: Any, expected: Any) -> bool:
    """Whether a result is what this JSON stands for.

    A tuple counts as a list, a dict's keys as the text that JSON makes of them; true is not 1.
    """
    if isinstance(value, bool) or isinstance(expected, bool):
        return value is expected
    if isinstance(value, int | float):
        return isinstance(expected, int | float) and value == expected
    if isinstance(value, list | tuple):
        return (
            isinstance(expected, list) and len(value) == len(expected) and all(map(is_same, value, expected))
        )
    if isinstance(value, dict):
        named = {_key(key): item for key, item in value.items()}
        return (
            isinstance(expected, dict)
            and len(named) == len(value)
            and named.keys() == expected.keys()
            and all(is_same(item, expected[key]) for key, item in named.items())
        )
    return type(value) is type(expected) and bool(value == expected)


def _key(key: Any) -> Any:
    """A dict's key as JSON writes it; a bytes or tuple, which it cannot write, stays."""
    if key is None or isinstance(key, bool | int | float):
        return json.dumps(key)
    return key


# -- a schedule from a file -------------------------------------------------------------------


def recorded_in(path: Path) -> Schedule:
    """The schedule in a file that --save wrote.

    Raises:
        ChefsError: if there is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_SCHEDULE)
        return msgspec.json.decode(data, type=Schedule)
    except OSError as error:
        cause = error.strerror or type(error).__name__
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        cause = f"It is not what --save writes: {error}"[:300]
    raise ChefsError(
        f"{path} holds no schedule that could be replayed.",
        cause=cause,
        evidence=[f"--replay {path}"],
        next_step="Explore with `--save FILE`, and replay the file that this writes.",
    )


def _refuse_another(recorded: Schedule, function: str, given: tuple[list[Any], dict[str, Any]]) -> None:
    if recorded.function == function and (recorded.args, recorded.kwargs) == given:
        return
    was = json.dumps(recorded.kwargs or recorded.args)
    raise ChefsError(
        "The schedule to replay is of another call.",
        cause="A schedule says who goes on at which step, and another call has other steps.",
        evidence=[f"recorded: {recorded.function} with {was[:200]}", f"asked for: {function}"],
        next_step="Replay it with the function that it was recorded with, and without --args.",
    )
