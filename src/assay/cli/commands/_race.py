"""`assay race`: races optimizers with the same initial values and batches."""

from argparse import Namespace
from typing import Any

from assay._errors import Faults, fault
from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser
from assay.cli.arguments._place import add_place

__all__ = ["COMMAND"]

_EXAMPLE = """\
assay race digits
assay race digits --optimizers sgd@all,sgd@1,sgd,adam --seeds 5
assay race cells.csv --target kind --time 60 --out races/cells"""
_PARTS = ("target", "task", "ignore", "kinds", "split", "seed", "model", "cost")
_PARTS += ("schedule", "regularizers", "augment", "clip_norm", "class_weights")
_PARTS += ("batch_size", "precision")
# Fields of experiment files that races ignore.
_IGNORED = ("optimizer", "tune", "num_epochs")
_MINIMUM = {"seeds": (int, 1), "epochs": (int, 1), "time": (float, 1e-9)}


def _arguments(parser: Parser) -> None:
    from assay.cli.arguments._options_from_spec import add_options

    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="a table, a built-in name, or an experiment file (its optimizer is "
        "ignored)",
    )
    parser.add_argument(
        "--optimizers",
        metavar="KINDS",
        help="comma-separated optimizers with optional batch sizes, such as sgd@1 for "
        "stochastic and sgd@all for batch gradient descent; default: sgd@all, sgd@1, "
        "sgd, momentum, nesterov, adagrad, rmsprop and adam",
    )
    parser.add_argument(
        "--seeds", metavar="N", default="3", help="runs per optimizer; default: 3"
    )
    parser.add_argument(
        "--epochs", metavar="N", default="20", help="epochs per run; default: 20"
    )
    parser.add_argument(
        "--time",
        metavar="SECONDS",
        help="time limit for the race; runs are shortened if necessary",
    )
    parser.add_argument(
        "--out", metavar="DIR", help="output folder for race.json and the curves"
    )
    add_place(parser)
    add_options(parser, _PARTS)


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._experiment_fields import experiment_fields
    from assay.cli.display._progress import show_progress

    numbers = _numbers(arguments)
    fields = experiment_fields(arguments.source, arguments)
    for name in _IGNORED:
        fields.pop(name, None)
    with show_progress(arguments.started) as observer:
        observer.stage("start", "loading the engine")
        from assay.experiment import race

        if arguments.optimizers is not None:
            fields["optimizers"] = arguments.optimizers.split(",")
        raced = race(
            fields.pop("data"),
            seeds=numbers["seeds"],
            epochs=numbers["epochs"],
            time_seconds=numbers["time"],
            out=arguments.out,
            observer=observer,
            on=arguments.on,
            **fields,
        )
    return Answer(raced.summary, str(raced))


def _numbers(arguments: Namespace) -> dict[str, Any]:
    """Return the numeric options.

    Raises:
        InputError: values are not numbers or are out of range. The message lists all
            errors.
    """
    faults, found = Faults(), {}
    for name, (kind, minimum) in _MINIMUM.items():
        text, found[name] = getattr(arguments, name), None
        if text is None:
            continue
        try:
            value = kind(text)
        except ValueError:
            value = 0
        if not minimum <= value < 1e9:
            rule = f"--{name} > 0" if kind is float else f"--{name} >= 1"
            faults.add(fault(rule, f"--{name}", text, f"Use --{name} 5."))
        found[name] = value
    faults.raise_if_any()
    return found


COMMAND = Command(
    "race",
    "race optimizers with the same initial values and batches",
    _EXAMPLE,
    _arguments,
    _run,
)
