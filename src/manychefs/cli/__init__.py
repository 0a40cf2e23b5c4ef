"""The `chefs` command: one small module a group of commands.

Exit codes: 0 all passed, 1 something failed, 2 wrong usage or a broken course, 3 inconclusive or an
error of the kit or the machine, 130 interrupted.
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run `chefs` with the process's arguments; returns the exit code."""
    import typer

    from manychefs.errors import ChefsError
    from manychefs.outputs import terminal

    try:
        code = _run(sys.argv[1:])
        sys.stdout.flush()
        return code
    except ChefsError as error:
        terminal.console(stderr=True).print(terminal.error(error.feedback))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        print("\nInterrupted: what was graded stands; nothing is left running.", file=sys.stderr)
        return 130
    except typer.TyperException as error:
        return _wrong_usage(error.format_message())
    except typer.Exit as error:
        return error.exit_code
    except BrokenPipeError:
        # `chefs list | head`: the reader has gone, which is no mistake of anybody's. What Python
        # still has to flush at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: list[str]) -> int:
    """Run the command that `words` say. Not by calling the app, which has exit codes of its own."""
    import typer.main

    from manychefs.cli.app import app

    command = typer.main.get_command(app)
    with command.make_context("chefs", words) as context:
        code = command.invoke(context)
    return code if isinstance(code, int) else 0


def _wrong_usage(message: str) -> int:
    """Say what is wrong with the words of a command, in the four parts that every error has."""
    from manychefs.errors import ChefsError
    from manychefs.outputs import terminal

    if message.startswith("Usage:"):  # no words at all: the help is the answer
        print(message)
        return 2
    told = ChefsError(
        message,
        cause="A word or an option of this command is mistyped, or one is missing.",
        evidence=[f"chefs {' '.join(sys.argv[1:])}"],
        next_step="`chefs --help` lists the commands, `chefs COMMAND --help` the options of one.",
    )
    terminal.console(stderr=True).print(terminal.error(told.feedback))
    return 2
