"""Generates the page that lists the options of each command from its parser."""

import argparse
from collections.abc import Iterator

from assay.cli import COMMANDS, Command

__all__ = ["commands_page"]

_INTRODUCTION = """\
# Commands

Each command prints its result to standard output. Progress and messages are printed to
standard error. `--json` prints the result as JSON. Exit codes: 0 success, 1 failure, 2
invalid input or a failed write, 130 interrupted.

"""


def commands_page() -> str:
    """Return the page as Markdown."""
    lines = ["| command | |", "| --- | --- |"]
    for command in COMMANDS.values():
        link = f"[`assay {command.name}`](#{command.name})"
        lines += [f"| {link} | {_cell(command.summary)} |"]
    for command in COMMANDS.values():
        lines += ["", *_command(command)]
    return _INTRODUCTION + "\n".join(lines) + "\n"


def _command(command: Command) -> Iterator[str]:
    parser = command.parser()
    yield from (f"## `assay {command.name}` {{ #{command.name} }}", "")
    yield from (f"{parser.description}", "", "```console", command.example, "```", "")
    for group in parser._action_groups:
        rows = [*map(_row, group._group_actions)]
        if rows:
            title = (
                (group.title or "").capitalize().replace("Fields", "Options: fields")
            )
            yield from (f"**{title}**", "", "| | |", "| --- | --- |", *rows, "")


def _row(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    names = ", ".join(f"`{flag}{value}`" for flag in action.option_strings)
    text = (action.help or "").replace("%%", "%")
    return f"| {_cell(names or f'`{value.strip()}`')} | {_cell(text)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
