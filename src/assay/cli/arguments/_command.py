"""The interface of a command: name, summary, example, arguments and action."""

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
        data: plain values, printed with `--json`.
        text: the same content for people, printed unchanged.
    """

    data: Any
    text: str


@dataclass(frozen=True)
class Command:
    """A command of the command line; each has its own module and entry in `COMMANDS`.

    Args:
        name: the word after `assay`.
        summary: one line in the imperative, without a full stop.
        example: command lines to paste.
        arguments: function that adds its arguments to a parser.
        run: function that runs the command; it imports heavy packages in its body.
    """

    name: str
    summary: str
    example: str
    arguments: Callable[[Parser], None]
    run: Callable[[Namespace], Answer]

    def parser(self) -> Parser:
        """Return the parser for the arguments after the command's name."""
        parser = Parser(f"assay {self.name}", self.summary, self.example)
        self.arguments(parser)
        parser.add_argument(
            "--json", action="store_true", help="print the result as JSON"
        )
        parser.shorten_usage()
        return parser
