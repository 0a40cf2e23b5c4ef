"""The command that explores any script: explore."""

from __future__ import annotations

import difflib
import json
import os
import re
import select
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from manychefs import files
from manychefs.cli import target as words_of
from manychefs.cli.app import app
from manychefs.cli.progress import counted
from manychefs.errors import ChefsError, NotExplorable
from manychefs.interleavings import search
from manychefs.interleavings.search import Call, Exploration, HostGone, NoFunction, NotImported, Schedule
from manychefs.interleavings.words import short
from manychefs.outputs import terminal
from manychefs.outputs.explorations.explored import Explored, explored
from manychefs.outputs.explorations.screen import screen
from manychefs.outputs.explorations.words import Asked, error_text, lines_of
from manychefs.outputs.interleavings import words as pictures
from manychefs.outputs.interleavings.mermaid import mermaid
from manychefs.outputs.interleavings.svg import svg
from manychefs.report import clean
from manychefs.sandbox import tree

EXIT_CODES = {"passed": 0, "failed": 1, "inconclusive": 3}
MISFIT = re.compile("positional argument|required keyword-only|unexpected keyword|multiple values for")


@app.command()
def explore(
    target: Annotated[
        str, typer.Argument(metavar="PATH.py::FUNCTION", help="A file, and a function at its top level.")
    ],
    args: Annotated[
        str | None,
        typer.Option("--args", metavar="JSON", help="Its arguments: a list, or an object by name."),
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect",
            metavar="JSON",
            help="The right result. A tuple counts as a list, a dict's keys as text. Default: what it "
            "returns while nobody is interrupted.",
        ),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", metavar="JSON", help="One of several right results; may be repeated."),
    ] = None,
    schedules: Annotated[
        int, typer.Option("--schedules", min=1, metavar="N", help="How many to run at most.")
    ] = search.SCHEDULES,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of every random choice.")] = 0,
    replay: Annotated[
        Path | None, typer.Option("--replay", metavar="FILE", help="Run the schedule of this file alone.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Keep a failing schedule, to be replayed.")
    ] = None,
    svg_file: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Draw a failing schedule: a picture.")
    ] = None,
    mermaid_file: Annotated[
        Path | None,
        typer.Option("--mermaid", metavar="FILE", help="The same as a Mermaid sequence diagram."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> int:
    """Run a function of any script under many orders of steps, and show one that goes wrong.

    Exit codes: 0 nothing wrong found, 1 a failing order, 2 wrong usage, 3 inconclusive.
    """
    _refuse_elsewhere()
    tree.hide_memory()
    recorded = words_of.recorded_in(replay) if replay is not None else None
    call = words_of.call_of(target, args, recorded)
    right = words_of.right_values(expect, list(allow or ()))
    _refuse_outputs([save, svg_file, mermaid_file], call.path)
    asked = Asked(
        call=call,
        shown=target.rpartition("::")[0],
        command=_command(target, call, expect, list(allow or ()), schedules, seed),
        is_given=bool(right),
        is_replay=recorded is not None,
        kept=shlex.quote(str(save)) if save is not None else "",
    )
    try:
        found = _explored(asked, right, schedules, seed, recorded, quiet=as_json)
    except KeyboardInterrupt:
        print("\nInterrupted: nothing is left running.", file=sys.stderr)
        return 130
    _print(found, as_json, asked.is_given)
    _write(found, save, svg_file, mermaid_file, quiet=as_json)
    return EXIT_CODES[found.verdict]


def _command(target: str, call: Call, expect: str | None, allow: list[str], schedules: int, seed: int) -> str:
    """The command that explores the same again."""
    words = ["chefs", "explore", target]
    args = call.kwargs or list(call.args)
    words += ["--args", json.dumps(args, ensure_ascii=False)] if args else []
    words += ["--expect", expect] if expect is not None else []
    words += [word for each in allow for word in ("--allow", each)]
    words += ["--schedules", str(schedules)] if schedules != search.SCHEDULES else []
    words += ["--seed", str(seed)] if seed else []
    return shlex.join(words)


def _explored(
    asked: Asked, right: list[Any], schedules: int, seed: int, recorded: Schedule | None, quiet: bool
) -> Explored:
    call = asked.call
    total = 1 if recorded is not None else schedules
    try:
        with counted(total, quiet) as count:
            found = search.explore(
                call,
                holds=words_of.holds(right),
                allowed=[short(each) for each in right],
                schedules=schedules,
                seed=recorded.seed if recorded is not None else seed,
                replay=recorded,
                progress=count,
            )
    except NotImported as told:
        raise _not_imported(told.error, asked) from None
    except NoFunction as told:
        raise _no_function(told.functions, asked) from None
    except HostGone as told:
        raise _gone(told.how, asked) from None
    _refuse_misfit(found, asked)
    return explored(found, asked)


def _print(found: Explored, as_json: bool, is_given: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(found.to_json())
        return
    console = terminal.console()
    console.print(screen(found, console.width, is_given), crop=False)


def _write(
    found: Explored, save: Path | None, svg_file: Path | None, mermaid_file: Path | None, quiet: bool
) -> None:
    """Write the files that were asked for, if there is a failing schedule to write."""
    wanted = [path for path in (save, svg_file, mermaid_file) if path is not None]
    if found.interleaving is None or found.schedule is None:
        if wanted and not quiet:
            print(f"  Not written, as no schedule failed: {', '.join(map(str, wanted))}")
        return
    if save is not None:
        files.write(save, msgspec.json.encode(found.schedule) + b"\n", "--save FILE")
    if svg_file is not None:
        files.write(svg_file, svg(found.interleaving).encode(), "--svg FILE")
    if mermaid_file is not None:
        files.write(mermaid_file, mermaid(found.interleaving).encode(), "--mermaid FILE")


# -- what stands in the way -------------------------------------------------------------------


def _refuse_elsewhere() -> None:
    """Raise NotExplorable on a machine on which processes cannot be steered."""
    try:
        if not sys.platform.startswith("linux"):
            raise OSError(f"this is {sys.platform}")
        os.close(os.pidfd_open(os.getpid()))
        select.poll()
    except (OSError, AttributeError) as error:
        raise NotExplorable(
            "Exploring needs Linux.",
            cause="It steers processes that it forks, through process file descriptors (Linux 5.3 or newer).",
            evidence=[str(error)],
            next_step="Run it on Linux, in a container, or on Windows in WSL 2.",
        ) from None


def _refuse_outputs(paths: list[Path | None], script: Path) -> None:
    """Raise a ChefsError, before anything is run, if a file to write is one that must not be written."""
    seen = {script: "it is the script itself"}
    for path in paths:
        if path is None:
            continue
        whole = path.resolve()
        problem = seen.get(whole, "") or _unwritable(whole)
        if problem:
            raise ChefsError(
                f"{path} cannot be written.",
                cause=f"{problem[:1].upper()}{problem[1:]}.",
                evidence=[f"here: {Path.cwd()}"],
                next_step="Name another file, in a folder that you may write to.",
            )
        seen[whole] = "another option writes to it too"


def _unwritable(path: Path) -> str:
    """Why this file cannot be written; empty if it can, as far as one can tell."""
    if path.exists() and not path.is_file():
        return "it is a folder, or no regular file"
    folder = next(each for each in path.parents if each.exists())
    if not folder.is_dir():
        return f"{folder} is no folder"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"the folder {folder} is not writable"


def _not_imported(error: dict[str, Any], asked: Asked) -> ChefsError:
    kind, what = str(error.get("type", "")), error_text(error)
    name = asked.call.path.name
    what = pictures.short(what, 200)
    happened = f"{asked.shown} cannot be imported: {what}."
    cause = "What stands at the top level of the file does not run."
    next_step = f"Run `python3 {name}` and mend the line named above."
    if kind in ("SyntaxError", "IndentationError", "TabError"):
        happened = f"{asked.shown} is not valid Python: {what}."
        cause = "A bracket, a quote, a colon or the indentation is wrong in that line or just before it."
    elif kind in ("SystemExit", "KeyboardInterrupt"):
        happened = f"{asked.shown} ended the interpreter while it was being imported: {what}."
        cause = "sys.exit(), exit() or quit() stands at the top level of the file."
        next_step = 'Put what runs the program under `if __name__ == "__main__":`.'
    elif kind in ("ModuleNotFoundError", "ImportError"):
        cause = f"It is explored by {sys.executable}, which does not have that."
        next_step = "Install it for that Python, or run `chefs` by the Python that has it."
    return ChefsError(
        happened, cause=cause, evidence=lines_of(error, asked.call.path) or [name], next_step=next_step
    )


def _no_function(functions: list[str], asked: Asked) -> ChefsError:
    near = difflib.get_close_matches(asked.call.name, functions, n=1)
    cause = f"Is it misspelt? There is one called {near[0]}." if near else "It is not at the top level."
    better = near[0] if near else "FUNCTION"
    shown = ", ".join(clean(each, 100) for each in functions[:20])
    return ChefsError(
        f"{asked.shown} has no function called {asked.call.name}.",
        cause=cause,
        evidence=[f"functions in the file: {shown or 'none'}"],
        next_step=f"chefs explore {shlex.quote(f'{asked.shown}::{better}')}",
    )


def _gone(how: str, asked: Asked) -> ChefsError:
    is_late = "took longer" in how
    kind = NotExplorable if is_late else ChefsError
    return kind(
        f"{asked.shown} could not be imported: {how}.",
        cause="The file does its work, or waits for something, while it is imported."
        if is_late
        else "os._exit() or a kill stands at the top level of the file.",
        evidence=[asked.call.path.name],
        next_step='Put what runs the program under `if __name__ == "__main__":`.',
    )


def _refuse_misfit(found: Exploration, asked: Asked) -> None:
    """Raise a ChefsError if the function could not be called with these arguments."""
    error, path = found.error, asked.call.path
    message = str(error.get("message", ""))
    is_own = bool(lines_of(error, path))
    if error.get("type") != "TypeError" or is_own or not MISFIT.search(message):
        return
    raise ChefsError(
        f"{asked.call.name} cannot be called like this: {clean(message, 300)}.",
        cause="--args does not fit its parameters.",
        evidence=[f"{asked.text()}", *_def_lines(asked.call)],
        next_step=f"Give its arguments as a list, or as an object by name: {words_of.LIKE}",
    )


def _def_lines(call: Call) -> list[str]:
    lines = call.path.read_text("utf-8", "replace").splitlines()
    start = re.compile(rf"\s*(async\s+)?def\s+{re.escape(call.name)}\b")
    return [
        f"{call.path.name}:{number}:  {clean(line.strip(), 160)}"
        for number, line in enumerate(lines, 1)
        if start.match(line)
    ][:2]
