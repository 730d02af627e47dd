"""The layers of a model before anything is trained, for `assay show --model`."""

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
    """Add the options that name a model, the shape of its input and its outputs."""
    group = parser.add_argument_group("a model before it is trained")
    group.add_argument(
        "--model",
        metavar="FILE",
        help="show the layers of the model in a TOML or JSON file (key model), or of "
        "linear",
    )
    group.add_argument(
        "--input", metavar="SHAPE", help="of one example, as 28x28x1; channels last"
    )
    group.add_argument(
        "--outputs", metavar="N", default="10", help="of the output layer; default 10"
    )


def show_model(arguments: Namespace) -> Answer:
    """Return the table of a model's layers.

    Raises:
        InputError: what is asked is wrong, or layers do not fit; all faults.
    """
    faults = Faults()
    if arguments.run is not None:
        faults.add(f"Give a RUN or --model, not both. Write, for example: {_EXAMPLE}")
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
        faults.add(f"--input is missing. Write, for example: {_EXAMPLE}")
        return ()
    if re.fullmatch(r"[1-9]\d*(x[1-9]\d*)*", text):
        return tuple(map(int, text.split("x")))
    rule = "--input is a shape of positive numbers"
    faults.add(fault(rule, "--input", text, "Write, for example: --input 28x28x1"))
    return ()


def _number(text: str, faults: Faults) -> int:
    if re.fullmatch(r"[1-9]\d*", text):
        return int(text)
    faults.add(fault("--outputs >= 1", "--outputs", text, "Write --outputs 10."))
    return 1


def _layers(asked: str) -> tuple[spec.Layer, ...]:
    if asked == "linear":
        return ()
    if not asked.endswith(_FILES):
        fix = "Write the layers in a file, as in: model = [{kind = "
        fix += '"dense", units = 64}, "relu"]; other named models depend on the data.'
        rule = "--model names a .toml or .json file, or linear"
        raise InputError(fault(rule, "--model", asked, fix))
    data = spec.read_data(Path(asked))
    if "model" not in data:
        example = 'model = [{kind = "dense", units = 64}, "relu"]'
        raise InputError(f"{asked} must hold the key model. Write in it: {example}")
    model = spec.Training(model=data["model"]).model
    if isinstance(model, str):
        return _layers(model)
    return model
