"""`assay train`: the whole protocol."""

import shlex
from argparse import Namespace
from pathlib import Path

from assay._errors import InputError, fault
from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser

__all__ = ["COMMAND"]

_EXAMPLE = """\
assay train digits
assay train cells.csv --target kind --trials 50 --seed 7
assay train digits --optimizer sgd --set optimizer.learning_rate=0.1
assay train experiment.toml --time 600
assay train new.csv --target kind --start-from runs/cells-1 --freeze dense1
assay train --resume --out runs/digits-1"""


def _arguments(parser: Parser) -> None:
    from assay.cli.arguments._options import add_options

    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="a table (.csv, .parquet, ...), a built-in name (digits, iris, wine, "
        "breast_cancer, diabetes), or an experiment file (.toml, .json)",
    )
    parser.add_argument(
        "--out", metavar="DIR", help="folder of this run; default the next in --runs"
    )
    parser.add_argument(
        "--runs", metavar="DIR", default="runs", help="folder of all runs; default runs"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue the run in --out with its settings",
    )
    add_options(parser)


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._options import asked

    if arguments.resume:
        return _resume(arguments)
    if arguments.source is None:
        raise InputError("SOURCE is missing. Write, for example: assay train digits")
    _check_source(arguments.source)
    _check_out(arguments.out)
    data = asked(arguments.source, arguments)
    return _train(data, out=arguments.out, runs=arguments.runs)


def _check_source(source: str) -> None:
    """Raise if the source is a run, which is continued or run again instead."""
    if (Path(source) / "experiment.toml").is_file():
        raise InputError(
            f"{source} is a run. Continue it: assay train --resume --out "
            f"{shlex.quote(source)}\n"
            f"Or run it again: assay train {shlex.quote(f'{source}/experiment.toml')}"
        )


def _check_out(out: str | None) -> None:
    """Raise before any work if the run would overwrite existing files."""
    path = Path(out) if out is not None else None
    if path is None or not path.exists():
        return
    if (path / "experiment.toml").is_file():
        command = f"assay train --resume --out {shlex.quote(str(out))}"
        fix = f"It holds a run; continue it: {command}"
    elif path.is_file() or any(path.iterdir()):
        fix = "It is a file or holds files. Name another folder."
    else:
        return
    raise InputError(fault("--out is a new or empty folder", "--out", out, fix))


def _resume(arguments: Namespace) -> Answer:
    from assay.cli.arguments._options import options
    from assay.cli.arguments._runs import find_run

    options_set = [o.flag for o in options() if getattr(arguments, o.path) is not None]
    options_set += ["--set"] if arguments.set else []
    if options_set:
        raise InputError(
            "--resume continues a run with its original settings. Remove "
            f"{', '.join(options_set)}, or start a new run."
        )
    folder = arguments.out or arguments.source
    if folder is None:
        raise InputError(
            "--resume needs the folder of a run. Write, for example: assay train "
            "--resume --out runs/digits-1"
        )
    return _train({}, out=str(find_run(folder).path), resume=True)


def _train(
    data: dict,
    *,
    out: str | None,
    runs: str = "runs",
    resume: bool = False,
) -> Answer:
    from assay.cli.display._progress import watching

    with watching() as observer:
        observer.stage("start", "the engine")
        from assay.experiment import Experiment
        from assay.report import summary_text

        run = Experiment(**data).run(
            out=out, runs=runs, resume=resume, observer=observer
        )
    return Answer(run.summary, summary_text(run.summary, folder=run.path))


COMMAND = Command(
    "train",
    "split, tune, train again, open the test part once, and say what came of it",
    _EXAMPLE,
    _arguments,
    _run,
)
