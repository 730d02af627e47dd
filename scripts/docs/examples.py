"""Finds the examples on a page: Python code to run and commands to parse.

Python code is run if it follows a line `<!-- run -->`. All blocks on a page are run in
the same namespace.
"""

import re
import shlex
import tomllib
from collections.abc import Iterator
from typing import Any

from assay.cli import COMMANDS
from assay.cli.arguments._experiment_fields import experiment_fields

__all__ = ["check_command", "command_lines", "python_blocks", "run_page", "settings"]

_RUN = re.compile(r"<!-- run -->\n( *)```python\n(.*?)\n *```", re.DOTALL)
_FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)\n *```", re.DOTALL | re.MULTILINE)
_SHELLS = ("", "console", "sh", "shell")
_FILES = (".toml", ".json")


def python_blocks(text: str) -> list[tuple[int, str]]:
    """Return the line number and code of each block to run."""
    blocks = []
    for match in _RUN.finditer(text):
        indent, code = match.groups()
        line = text.count("\n", 0, match.start()) + 3
        blocks.append((line, re.sub(rf"^{indent}", "", code, flags=re.MULTILINE)))
    return blocks


def run_page(text: str, name: str) -> None:
    """Run the blocks of a page in order, in the current folder."""
    names = {"__name__": "__main__"}
    for line, code in python_blocks(text):
        # Add empty lines, so tracebacks show the line number in the page.
        exec(compile("\n" * (line - 1) + code, name, "exec"), names)


def command_lines(text: str) -> Iterator[str]:
    """Yield each line in the shell examples that calls assay."""
    for language, code in _FENCE.findall(text):
        if language in _SHELLS:
            lines = code.replace("\\\n", " ").splitlines()
            yield from (line.strip() for line in lines if _calls_assay(line))


def settings(text: str) -> Iterator[dict[str, Any]]:
    """Yield the contents of each TOML block."""
    for language, code in _FENCE.findall(text):
        if language == "toml":
            yield tomllib.loads(code)


def check_command(line: str) -> None:
    """Parse a command line and check the settings if it describes an experiment.

    Raises:
        InputError: an option is unknown or has an invalid value.
    """
    _, *words = shlex.split(line, comments=True)
    name = words.pop(0)
    if name.startswith("-"):
        return
    arguments = COMMANDS[name].parser().parse(words)
    names_file = any(word.endswith(_FILES) for word in words)
    if name in ("train", "race") and not names_file:
        experiment_fields(arguments.source or "digits", arguments)


def _calls_assay(line: str) -> bool:
    return line.strip().startswith("assay ") and "…" not in line
