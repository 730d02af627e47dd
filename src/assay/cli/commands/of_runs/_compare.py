"""`assay compare`: shows runs side by side."""

from argparse import Namespace

from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help="folder of a run, or a folder that contains runs",
    )


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._runs import find_runs
    from assay.report import compare_text

    summaries = [folder.summary() for folder in find_runs(arguments.runs)]
    return Answer(summaries, compare_text(summaries))


COMMAND = Command(
    "compare",
    "show runs side by side, and warn if their results are not comparable",
    "assay compare runs/digits-1 runs/digits-2\nassay compare runs",
    _arguments,
    _run,
)
