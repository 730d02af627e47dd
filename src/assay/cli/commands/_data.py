"""`assay data`: inspects a data set before training."""

from argparse import Namespace

from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser

__all__ = ["COMMAND"]

_LAYOUT = ("image_size", "image_mode", "series_column", "time_column")
_PARTS = (
    "target",
    "task",
    "ignore",
    "kinds",
    "test_data",
    "stream",
    *_LAYOUT,
    "split",
    "seed",
)


def _arguments(parser: Parser) -> None:
    from assay.cli.arguments._options_from_spec import add_options

    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="a table, a folder, a built-in name, or an experiment file",
    )
    add_options(parser, _PARTS)


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._as_options import with_options
    from assay.cli.arguments._experiment_fields import experiment_fields
    from assay.experiment import look_at
    from assay.report import data_text
    from assay.spec import Experiment

    overview = look_at(Experiment(**experiment_fields(arguments.source, arguments)))
    return Answer(overview, data_text(with_options(overview)))


COMMAND = Command(
    "data",
    "inspect a data set: task, split, balance, sample size, leakage",
    "assay data digits\nassay data cells.csv --target kind --split-by group "
    "--split-column patient",
    _arguments,
    _run,
)
