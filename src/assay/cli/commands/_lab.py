"""`assay lab`: shows, starts and explains runs in the browser."""

from argparse import Namespace

from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser
from assay.cli.arguments._port import read_port

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--runs",
        metavar="DIR",
        default="runs",
        help="folder of all runs; default: runs",
    )
    parser.add_argument(
        "--port",
        metavar="N",
        help="port on this computer; default: 8765 or, if it is taken, any free port",
    )
    parser.add_argument(
        "--no-browser",
        action="store_true",
        help="only print the address, without opening a browser",
    )


def _run(arguments: Namespace) -> Answer:
    from pathlib import Path

    port = read_port(arguments.port, lowest=1, example=8765)
    from assay.lab import serve

    serve(Path(arguments.runs), port=port, browser=not arguments.no_browser)
    return Answer(None, "")


COMMAND = Command(
    "lab",
    "watch, start and compare runs in the browser, and see how training works",
    "assay lab --runs runs\nassay lab --port 9000 --no-browser",
    _arguments,
    _run,
)
