"""`assay train`: runs the whole protocol."""

import shlex
import shutil
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assay._errors import InputError
from assay._urls import is_url
from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser
from assay.cli.arguments._place import add_place

__all__ = ["COMMAND"]

_EXAMPLE = """\
assay train digits
assay train cells.csv --target kind --trials 50 --seed 7
assay train digits --optimizer sgd --set optimizer.learning_rate=0.1
assay train experiment.toml --time 600
assay train new.csv --target kind --start-from runs/cells-1 --freeze dense1
assay train --resume --out runs/digits-1"""


# Settings that may differ when a run is resumed.
_MAY_CHANGE = ("open_anyway", "devices")


def _arguments(parser: Parser) -> None:
    from assay.cli.arguments._hosts import add_host_options
    from assay.cli.arguments._options_from_spec import add_options

    _add_source_and_folders(parser)
    parser.add_argument(
        "--track",
        metavar="NAME",
        action="append",
        default=[],
        help="also send measurements and the result to tensorboard or mlflow; may be "
        "repeated",
    )
    add_host_options(parser)
    parser.add_argument(
        "--study",
        metavar="STUDY",
        help="share the trials with other runs: a file, or "
        "postgresql://USER@HOST/NAME; the password comes from PGPASSWORD or ~/.pgpass",
    )
    add_place(parser)
    add_options(parser)


def _add_source_and_folders(parser: Parser) -> None:
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="a table (.csv, .parquet, ...) or its URL (s3://, https://, ...), a "
        "built-in name (digits, iris, wine, breast_cancer, diabetes), or an "
        "experiment file (.toml, .json)",
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="folder for this run; default: a new folder in --runs",
    )
    parser.add_argument(
        "--runs",
        metavar="DIR",
        default="runs",
        help="folder of all runs; default: runs",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue the run in --out with its original settings",
    )


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._hosts import connected

    if arguments.source is None and not arguments.resume:
        raise InputError("SOURCE is missing. For example: assay train digits")
    with connected(arguments):
        return _resume(arguments) if arguments.resume else _start(arguments)


def _start(arguments: Namespace) -> Answer:
    from assay.cli.arguments._experiment_fields import experiment_fields

    _check_source(arguments.source)
    _check_out(arguments.out)
    data = experiment_fields(arguments.source, arguments)
    out, runs = arguments.out, arguments.runs
    return _train(data, out=out, runs=runs, **_how(arguments))


def _check_source(source: str) -> None:
    """Reject a run folder as data and suggest how to resume or repeat the run."""
    experiment = Path(source) / "experiment.toml"
    if not is_url(source) and experiment.is_file():
        raise InputError(
            f"{source!r} is a run, not a data set. To resume it, use: "
            f"assay train --resume --out {shlex.quote(source)}\n"
            "To repeat it from the start, use: "
            f"assay train {shlex.quote(str(experiment))}"
        )


def _check_out(out: str | None) -> None:
    """Before any work is done, reject an output folder that is already in use."""
    path = Path(out) if out is not None else None
    if path is not None and path.is_symlink() and not path.exists():
        raise InputError(
            f"--out {out!r} is a link to {str(path.readlink())!r}, which does not "
            "exist. Create that folder, or use another one."
        )
    if path is None or not path.exists():
        return
    if (path / "experiment.toml").is_file():
        raise InputError(
            f"--out {out!r} already contains a run. To resume it, use: "
            f"assay train --resume --out {shlex.quote(str(out))}"
        )
    if path.is_file():
        raise InputError(f"--out {out!r} is a file. Use a new or empty folder.")
    from assay.records import RunFolder

    if not RunFolder(path).is_empty:
        raise InputError(f"--out {out!r} is not empty. Use a new or empty folder.")


def _resume(arguments: Namespace) -> Answer:
    from assay.cli.arguments._experiment_fields import read_value
    from assay.cli.arguments._runs import find_run

    _check_unchanged(arguments)
    is_address = is_url(arguments.source)
    folder = arguments.out or (None if is_address else arguments.source)
    if folder is None:
        raise InputError(
            "--resume requires the folder of a run. For example: assay train "
            "--resume --out runs/digits-1"
        )
    given = {name: getattr(arguments, name) for name in _MAY_CHANGE}
    changes = {n: read_value(text) for n, text in given.items() if text is not None}
    if is_address:
        # Secrets in URLs are not stored in the run, so pass them again.
        changes["data"] = arguments.source
    out = str(find_run(folder).path)
    return _train(changes, out=out, resume=True, **_how(arguments))


def _check_unchanged(arguments: Namespace) -> None:
    """Reject options that would change the settings of a resumed run."""
    from assay.cli.arguments._options_from_spec import options

    flags = [
        option.flag
        for option in options()
        if getattr(arguments, option.path) is not None
        and option.path not in _MAY_CHANGE
    ]
    flags += ["--set"] if arguments.set else []
    if flags:
        raise InputError(
            "--resume continues a run with its original settings. "
            f"Remove {', '.join(flags)}, or start a new run."
        )


def _how(arguments: Namespace) -> dict[str, Any]:
    """Return the options that are not part of the experiment."""
    names = ("track", "on", "study", "started")
    return {name: getattr(arguments, name) for name in names}


def _train(
    data: dict,
    *,
    out: str | None,
    runs: str = "runs",
    resume: bool = False,
    track: Sequence[str] = (),
    on: str | None = None,
    study: str | None = None,
    started: float | None = None,
) -> Answer:
    from assay.cli.arguments._as_options import with_options
    from assay.cli.display._progress import show_progress
    from assay.trackers import open_trackers

    trackers = open_trackers(track)  # errors are reported before the engine is loaded
    with show_progress(started) as observer:
        observer.stage("start", "loading the engine")
        from assay.experiment import Experiment
        from assay.report import summary_text
        from assay.training import is_first_host

        run = Experiment(**data).run(
            out=out,
            runs=runs,
            resume=resume,
            observer=observer,
            track=trackers,
            on=on,
            study=study,
        )
    if not is_first_host():  # only the first host prints the result
        shutil.rmtree(run.path)
        return Answer(None, "")
    report = run.report if run.report.exists() else None
    summary = with_options(run.summary)
    return Answer(run.summary, summary_text(summary, folder=run.path, report=report))


COMMAND = Command(
    "train",
    "run the whole protocol: split, tune, refit, test once, and report",
    _EXAMPLE,
    _arguments,
    _run,
)
