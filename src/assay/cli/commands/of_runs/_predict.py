"""`assay predict`: writes the predictions of a trained model for new rows."""

import io
import os
import shlex
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from assay._errors import Faults, InputError
from assay._terminal import printable
from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser

if TYPE_CHECKING:
    import polars as pl

__all__ = ["COMMAND"]

_WRITERS = {
    ".csv": "write_csv",
    ".parquet": "write_parquet",
    ".jsonl": "write_ndjson",
}


def _arguments(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", help="folder or name of a run")
    parser.add_argument(
        "source",
        metavar="FILE",
        help="a table with the same columns as the training data",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help=f"output file ({', '.join(_WRITERS)}); by default, CSV is written to "
        "standard output",
    )
    parser.add_argument("--force", action="store_true", help="replace OUT if it exists")


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._runs import find_run
    from assay.records import named_run

    run, source = arguments.run, arguments.source
    if Path(run).is_file() and named_run(run) is None and named_run(source):
        words = shlex.join(["assay", "predict", source, run])
        raise InputError(f"The run must come before the file. Use {words}.")
    folder = find_run(run)
    output = None if arguments.output is None else Path(arguments.output)
    if output is not None:
        _check_output(output, source, force=arguments.force)
    from assay.experiment import load

    model = load(folder.path).model
    rows = model.read(source)
    frame = model.predict_frame(rows)
    for note in model.check(rows):
        print(note, file=sys.stderr)
    if output is None:
        return Answer(frame.to_dicts() if arguments.json else None, frame.write_csv())
    _write(frame, output)
    done = printable(f"wrote {frame.height} predictions to {output}")
    print(done, file=sys.stderr)
    written = {"run": folder.name, "output": str(output), "num_examples": frame.height}
    return Answer(written, "")


def _check_output(output: Path, source: str, *, force: bool) -> None:
    """Before predictions are computed, check that the output file can be written."""
    faults = Faults()
    given = f"--output {str(output)!r}"
    if output.suffix.lower() not in _WRITERS:
        endings = ", ".join(_WRITERS)
        faults.add(f"{given} has an unknown format. Use one of these: {endings}.")
    if not output.parent.is_dir():
        faults.add(f"The folder of {given} does not exist. Create the folder first.")
    if output.is_dir():
        faults.add(f"{given} is a folder. Use a file in it.")
    elif output.exists() and os.path.exists(source) and output.samefile(source):
        faults.add(f"{given} is the input file. Use another file.")
    elif output.exists() and not force:
        faults.add(f"{given} already exists. Add --force to replace it.")
    faults.raise_if_any()


def _write(frame: "pl.DataFrame", output: Path) -> None:
    """Write the file atomically, so it is always complete."""
    from assay.records import write_atomically

    buffer = io.BytesIO()
    getattr(frame, _WRITERS[output.suffix.lower()])(buffer)
    write_atomically(output, buffer.getvalue())


COMMAND = Command(
    "predict",
    "predict targets and class probabilities for new rows with a trained model",
    "assay predict runs/cells-1 new.csv -o predictions.parquet",
    _arguments,
    _run,
)
