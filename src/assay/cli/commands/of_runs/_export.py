"""`assay export`: exports a trained model to files that other programs can read."""

import sys
from argparse import Namespace

from assay._errors import InputError
from assay._terminal import printable
from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", help="folder or name of a run")
    parser.add_argument(
        "--to",
        metavar="FORMAT",
        required=True,
        help="onnx: one file that takes raw rows; flax or torch: code and parameters; "
        "safetensors: parameters and their description; card: a model card",
    )
    parser.add_argument(
        "--out",
        metavar="PATH",
        help="path of the main file, or an existing folder; by default, the run's "
        "`export` folder",
    )
    parser.add_argument("--force", action="store_true", help="replace existing files")


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._runs import find_run
    from assay.exporting import export

    folder = find_run(arguments.run)
    try:
        path = export(
            folder.path, to=arguments.to, path=arguments.out, replace=arguments.force
        )
    except InputError as error:
        raise InputError([_with_options(fault) for fault in error.faults]) from None
    print(printable(f"wrote {path}"), file=sys.stderr)
    return Answer({"run": folder.name, "form": arguments.to, "path": str(path)}, "")


def _with_options(message: str) -> str:
    """Return a message with its fixes written as options."""
    message = message.replace('to="safetensors"', "--to safetensors")
    return message.replace("replace=True", "--force")


COMMAND = Command(
    "export",
    "write a trained model as ONNX, Flax, PyTorch, safetensors or a model card",
    "assay export runs/cells-1 --to onnx --out cells.onnx",
    _arguments,
    _run,
)
