"""`assay show --model`: shows the layers of an untrained model."""

import re
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from assay import spec
from assay._errors import Faults, InputError, fault
from assay.cli.arguments._command import Answer
from assay.cli.arguments._parser import Parser

__all__ = ["add_model_options", "show_model"]

_EXAMPLE = "assay show --model net.toml --input 28x28x1 --outputs 10"
_FILES = (".toml", ".json")


def add_model_options(parser: Parser) -> None:
    """Add the options for a model file, the input shape and the number of outputs."""
    group = parser.add_argument_group("show an untrained model")
    group.add_argument(
        "--model",
        metavar="FILE",
        help="show the layers of a model: a TOML or JSON file with the key 'model', or "
        "'linear' for the linear model",
    )
    group.add_argument(
        "--input",
        metavar="SHAPE",
        help="shape of one example with channels last, such as 28x28x1",
    )
    group.add_argument(
        "--outputs", metavar="N", default="10", help="number of outputs; default: 10"
    )


def show_model(arguments: Namespace) -> Answer:
    """Return a table of the layers of a model.

    Raises:
        InputError: options are invalid, or layers are incompatible. The message lists
            all errors.
    """
    faults = Faults()
    if arguments.run is not None:
        faults.add(f"RUN and --model cannot be combined. For example: {_EXAMPLE}")
    shape = _shape(arguments.input, faults)
    outputs = _number(arguments.outputs, faults)
    layers: tuple[spec.Layer, ...] = ()
    try:
        layers = _layers(arguments.model)
    except InputError as error:
        faults.extend(error.faults)
    faults.raise_if_any()
    from assay import nn

    rows = nn.describe(layers, shape, num_outputs=outputs)
    return Answer([asdict(row) for row in rows], nn.description_text(rows))


def _shape(text: str | None, faults: Faults) -> tuple[int, ...]:
    if text is None:
        faults.add(f"--input is missing. For example: {_EXAMPLE}")
        return ()
    if re.fullmatch(r"[1-9]\d*(x[1-9]\d*)*", text):
        return tuple(map(int, text.split("x")))
    faults.add(
        f"--input must be positive whole numbers separated by x, not {text!r}. "
        "For example: --input 28x28x1"
    )
    return ()


def _number(text: str, faults: Faults) -> int:
    if re.fullmatch(r"[1-9]\d*", text):
        return int(text)
    faults.add(fault("--outputs >= 1", "--outputs", text, "Use --outputs 10."))
    return 1


def _layers(name: str) -> tuple[spec.Layer, ...]:
    if name == "linear":
        return ()
    if not name.endswith(_FILES):
        raise InputError(
            f"--model must be a .toml file, a .json file or 'linear', not {name!r}. "
            "Other named models depend on the data. Create a file that contains, for "
            'example: model = [{kind = "dense", units = 64}, "relu"]'
        )
    data = spec.read_data(Path(name))
    if "model" not in data:
        example = 'model = [{kind = "dense", units = 64}, "relu"]'
        raise InputError(f"{name} must have a key 'model'. For example: {example}")
    model = spec.Training(model=data["model"]).model
    if isinstance(model, str):
        return _layers(model)
    return model
