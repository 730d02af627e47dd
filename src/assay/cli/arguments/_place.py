"""The option `--on`, which selects where to train."""

from assay.cli.arguments._parser import Parser

__all__ = ["add_place"]


def add_place(parser: Parser) -> None:
    """Add the option `--on`."""
    parser.add_argument(
        "--on",
        metavar="PLACE",
        help="where to train: ray, or ray://HOST:PORT, for a Ray cluster; default: "
        "this machine",
    )
