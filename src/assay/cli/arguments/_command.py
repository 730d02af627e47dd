"""What a command is: a name, a line, an example, arguments, and what it does."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assay.cli.arguments._parser import Parser

__all__ = ["Answer", "Command"]


@dataclass(frozen=True)
class Answer:
    """What a command prints on standard output.

    Args:
        data: plain values, for `--json`.
        text: the same for reading; printed as it is.
    """

    data: Any
    text: str


@dataclass(frozen=True)
class Command:
    """A command; a new one is one module and one row in `COMMANDS`.

    Args:
        name: the word after `assay`.
        summary: what it does, in one line without a full stop.
        example: lines to paste.
        arguments: adds its arguments to a parser.
        run: does it; imports inside what is heavy.
    """

    name: str
    summary: str
    example: str
    arguments: Callable[[Parser], None]
    run: Callable[[Namespace], Answer]

    def parser(self) -> Parser:
        """Return the parser of what follows the command's name."""
        parser = Parser(f"assay {self.name}", self.summary, self.example)
        self.arguments(parser)
        parser.add_argument(
            "--json", action="store_true", help="print the result as JSON"
        )
        parser.shorten_usage()
        return parser
