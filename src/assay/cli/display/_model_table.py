"""`assay show --model`: the layers of a model before training."""

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
    """Add the options for a model file, its input shape and its number of outputs."""
    group = parser.add_argument_group("a model before training")
    group.add_argument(
        "--model",
        metavar="FILE",
        help="show the layers of the model in a TOML or JSON file (key model), or of "
        "the linear model (the word linear)",
    )
    group.add_argument(
        "--input",
        metavar="SHAPE",
        help="shape of one example, such as 28x28x1, channels last",
    )
    group.add_argument(
        "--outputs", metavar="N", default="10", help="number of outputs; default 10"
    )


def show_model(arguments: Namespace) -> Answer:
    """Return a table of the layers of a model.

    Raises:
        InputError: options are wrong or layers do not fit; lists all faults.
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
    faults.add(
        f"--input takes positive whole numbers joined by x, not {text!r}. "
        "Write, for example: --input 28x28x1"
    )
    return ()


def _number(text: str, faults: Faults) -> int:
    if re.fullmatch(r"[1-9]\d*", text):
        return int(text)
    faults.add(fault("--outputs >= 1", "--outputs", text, "Write --outputs 10."))
    return 1


def _layers(name: str) -> tuple[spec.Layer, ...]:
    if name == "linear":
        return ()
    if not name.endswith(_FILES):
        raise InputError(
            f"--model takes a .toml or .json file or the word linear, not {name!r}: "
            "other named models depend on the data. Write the layers in a file, as "
            'in: model = [{kind = "dense", units = 64}, "relu"]'
        )
    data = spec.read_data(Path(name))
    if "model" not in data:
        example = 'model = [{kind = "dense", units = 64}, "relu"]'
        raise InputError(f"{name} has no key model. Write in it: {example}")
    model = spec.Training(model=data["model"]).model
    if isinstance(model, str):
        return _layers(model)
    return model
