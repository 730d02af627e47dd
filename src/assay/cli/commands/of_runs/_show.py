"""`assay show`: shows a run, the layers of a model, or a schedule."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from assay._errors import InputError, RunError
from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    from assay.cli.display._model_table import add_model_options
    from assay.cli.display._schedule_plot import add_schedule_option

    parser.add_argument("run", metavar="RUN", nargs="?", help="folder or name of a run")
    parser.add_argument(
        "--open", action="store_true", help="open the run's report in a browser"
    )
    add_model_options(parser)
    add_schedule_option(parser)


def _run(arguments: Namespace) -> Answer:
    if arguments.open and arguments.run is None:
        raise InputError("--open requires a run. Use: assay show runs/digits-1 --open")
    if arguments.schedule is not None:
        from assay.cli.display._schedule_plot import show_schedule

        return show_schedule(arguments)
    if arguments.model is not None:
        from assay.cli.display._model_table import show_model

        return show_model(arguments)
    if arguments.run is None:
        raise InputError("RUN is missing. For example: assay show runs/digits-1")
    from assay.cli.arguments._runs import find_run
    from assay.report import REPORT, summary_text, unfinished_text

    folder = find_run(arguments.run)
    if not folder.exists("run.json"):
        progress = _progress(folder)
        return Answer(progress, unfinished_text(progress))
    summary = folder.summary()
    report = folder.path_of(REPORT) if folder.exists(REPORT) else None
    if arguments.open:
        _open(report, folder)
    return Answer(summary, summary_text(summary, folder=folder.path, report=report))


def _open(report: Path | None, folder: Any) -> None:
    import webbrowser

    if report is None:
        raise RunError(f"{folder.path} has no report.html to open.")
    webbrowser.open(report.resolve().as_uri())


def _progress(folder: Any) -> dict[str, Any]:
    """Return the progress of an unfinished run."""
    from assay.cli.arguments._runs import resume_line

    stages = folder.events("stage_started")
    trials = folder.events("trial")
    return {
        "run": folder.name,
        "finished": False,
        "stage": stages[-1]["stage"] if stages else "start",
        "num_trials": len({trial["trial"] for trial in trials}),
        "notes": [note["message"] for note in folder.events("note")],
        "findings": _latest([e["finding"] for e in folder.events("finding")]),
        "resume": resume_line(folder),
    }


def _latest(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings without the duplicates that occur in resumed runs."""
    latest = {(finding["code"], finding["message"]): finding for finding in findings}
    return list(latest.values())


COMMAND = Command(
    "show",
    "show the result or progress of a run, the layers of a model, or a schedule",
    "assay show runs/digits-1\n"
    "assay show --model net.toml --input 28x28x1 --outputs 10\n"
    "assay show --schedule cosine",
    _arguments,
    _run,
)
