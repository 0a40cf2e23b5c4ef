"""`chefs completion SHELL`: what makes the shell complete commands, options and exercises on Tab.

The scripts know commands and options as they are when printed. Which exercises there are they ask
`chefs completion names`, because that depends on the folder.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from manychefs.cli.app import app, the_course
from manychefs.errors import ChefsError

SHELLS = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/config.fish"}
TAKE_EXERCISES = ("check", "ci", "hint", "reset", "solution", "stubs", "validate", "watch")


@app.command()
def completion(
    context: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="Your shell.")],
) -> None:
    """Print what makes a shell complete on Tab: `eval "$(chefs completion bash)"`."""
    if shell == "names":
        _print_names(context)
    elif shell in SHELLS:
        print({"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](_commands()))
    else:
        raise ChefsError(
            f"There is no completion for {shell!r}.",
            cause="Only these three are known, by their names.",
            evidence=[f"shells: {', '.join(SHELLS)}"],
            next_step='In bash, for one: put `eval "$(chefs completion bash)"` into ~/.bashrc.',
        )


def _print_names(context: typer.Context) -> None:
    """A name a line; nothing where there is no course, because nobody reads errors while typing."""
    try:
        for each in the_course(context).exercises:
            print(each.name)
    except ChefsError:
        return


def _commands() -> dict[str, tuple[str, list[str]]]:
    """For each command its help in one line and its options."""
    import typer.main

    group: Any = typer.main.get_command(app)
    return {
        name: (
            command.get_short_help_str(limit=200).replace("'", ""),
            sorted(option for each in command.params for option in each.opts if option.startswith("--")),
        )
        for name, command in sorted(group.commands.items())
        if not command.hidden
    }


_BASH = """\
# Completion of chefs for bash: eval "$(chefs completion bash)" in ~/.bashrc
_chefs() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" command="" each words=""
    for each in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$each" in -*) ;; *) command="$each"; break ;; esac
    done
    case "$command" in
        "") words="{commands} --course --version --help" ;;
{cases}
    esac
    case "$command:$word" in
        *:-*) ;;
        {exercises}) words="$words $("${{COMP_WORDS[0]}}" completion names 2>/dev/null)" ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    [[ ${{#COMPREPLY[@]}} -gt 0 || -z "$command" ]] || COMPREPLY=($(compgen -f -- "$word"))
}}
complete -F _chefs chefs chefs.py ./chefs.py"""


def _bash(commands: dict[str, tuple[str, list[str]]]) -> str:
    cases = [
        f'        {name}) words="{" ".join([*options, "--help", *_values(name)])}" ;;'
        for name, (_, options) in commands.items()
    ]
    exercises = "|".join(f"{name}:*" for name in TAKE_EXERCISES)
    return _BASH.format(commands=" ".join(commands), cases="\n".join(cases), exercises=exercises)


_ZSH = """\
#compdef chefs chefs.py
# Completion of chefs for zsh: eval "$(chefs completion zsh)" in ~/.zshrc, below compinit
_chefs() {{
    # Not `commands` and `options`: zsh has arrays of its own under these names.
    local -a known opts names
    local command="" each
    known=({commands})
    for each in "${{(@)words[2,CURRENT-1]}}"; do
        case "$each" in -*) ;; *) command="$each"; break ;; esac
    done
    if [[ -z "$command" ]]; then
        _describe command known
        return
    fi
    case "$command" in
{cases}
    esac
    if [[ "$PREFIX" != -* ]]; then
        case "$command" in
            {exercises}) names=(${{(f)"$("${{words[1]}}" completion names 2>/dev/null)"}}) ;;
        esac
    fi
    compadd -a names
    compadd -a opts
    (( $#names )) || _files
}}
compdef _chefs chefs chefs.py"""


def _zsh(commands: dict[str, tuple[str, list[str]]]) -> str:
    told = " ".join(f"'{name}:{_colons(text)}'" for name, (text, _) in commands.items())
    cases = [
        f"        {name}) opts=({' '.join([*options, '--help'])}); names=({' '.join(_values(name))}) ;;"
        for name, (_, options) in commands.items()
    ]
    return _ZSH.format(commands=told, cases="\n".join(cases), exercises="|".join(TAKE_EXERCISES))


def _colons(text: str) -> str:
    return text.replace(":", "\\:")


def _fish(commands: dict[str, tuple[str, list[str]]]) -> str:
    lines = [
        "# Completion of chefs for fish: chefs completion fish | source, in ~/.config/fish/config.fish",
        f"set -l chefs_commands {' '.join(commands)}",
    ]
    for name, (text, options) in commands.items():
        lines.append(
            'complete -c chefs -f -n "not __fish_seen_subcommand_from $chefs_commands" '
            f"-a {name} -d '{text}'"
        )
        seen = f'-n "__fish_seen_subcommand_from {name}"'
        lines += [f"complete -c chefs {seen} -l {option.removeprefix('--')}" for option in options]
        if values := _values(name):
            lines.append(f"complete -c chefs -f {seen} -a '{' '.join(values)}'")
    lines.append(
        f'complete -c chefs -f -n "__fish_seen_subcommand_from {" ".join(TAKE_EXERCISES)}" '
        "-a '(chefs completion names 2>/dev/null)'"
    )
    return "\n".join(lines)


def _values(command: str) -> list[str]:
    return list(SHELLS) if command == "completion" else []
