"""The interface of a command: name, summary, example, arguments and action."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assay.cli.arguments._parser import Parser

__all__ = ["Answer", "Command"]


@dataclass(frozen=True)
class Answer:
    """The result of a command, which is printed to standard output.

    Args:
        data: the result as plain values, printed with `--json`; None to print nothing.
        text: the result as human-readable text, printed without `--json`.
    """

    data: Any
    text: str


@dataclass(frozen=True)
class Command:
    """A subcommand of `assay`, such as `assay train`.

    Args:
        name: name of the command, which is typed after `assay`.
        summary: one line in the imperative mood, without a final period.
        example: command lines that users can copy.
        arguments: function that adds the arguments of the command to a parser.
        run: function that runs the command. It imports heavy packages in its body, so
            that other commands start quickly.
    """

    name: str
    summary: str
    example: str
    arguments: Callable[[Parser], None]
    run: Callable[[Namespace], Answer]

    def parser(self) -> Parser:
        """Return the parser for the arguments that follow the command name."""
        parser = Parser(f"assay {self.name}", self.summary, self.example)
        self.arguments(parser)
        parser.add_argument(
            "--json", action="store_true", help="print the result as JSON"
        )
        parser.shorten_usage()
        return parser
