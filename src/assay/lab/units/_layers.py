"""Unit 9, layers: shapes, parameters and values from the input to the output."""

from typing import Any

import numpy as np

from assay import nn
from assay.lab.units._registry import Body, Lesson, handles, lesson
from assay.lab.units.layering import _gates, _normalization, _outputs
from assay.lab.units.networks._open import NETWORKS, Opened, explained, open_example
from assay.nn.xray import ModelPass

__all__ = ["LESSON", "Network", "Number"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_gates, _normalization, _outputs)

LESSON = lesson(
    Lesson(
        unit="layers",
        title="A network is a sequence of layers, and you can inspect every number",
        paragraphs=(
            "The input layer receives the data, and each layer turns one array into "
            "another. Dense layers connect every input to every output, convolutions "
            "slide over images, and recurrent layers carry a state along a sequence.",
            "Choose a layer to see its values for one example. Choose a value to see "
            "how it is calculated. The result is compared with the forward pass.",
            "Often, one layer has most of the parameters. The formula in each row "
            "shows how they are counted.",
        ),
    )
)

_MOST_VALUES = 20_000  # maximum number of values per layer that are sent to the page


class Network(Body):
    """Request to run an example through a trained network.

    Args:
        network: name of a small network trained on the digits.
        run: name of a finished run whose model is used; empty for the small network.
        row: row number of the example in the data.
    """

    network: str = "convolution"
    run: str = ""
    row: int = 0


@handles("layers", "model")
def model(body: Network) -> dict[str, Any]:
    """Return the shapes, parameters, formula and values of each layer."""
    opened = open_example(body.network, body.row, body.run)
    first = opened.watched.input(opened.watched.names[0])[0]
    return {
        "networks": list(NETWORKS),
        "row": opened.row,
        "num_rows": opened.num_rows,
        "target": opened.target,
        "classes": list(opened.classes),
        "prediction": np.float32(opened.prediction),
        "input": {"shape": list(first.shape), **_values(first)},
        "layers": [_layer(opened, row) for row in opened.rows],
        "num_parameters": sum(row.num_parameters for row in opened.rows),
    }


def _layer(opened: Opened, row: nn.Row) -> dict[str, Any]:
    y = opened.watched.output(row.name)[0]
    return {
        "name": row.name,
        "kind": _kind(opened.watched, row.name),
        "input_shape": list(row.input_shape),
        "output_shape": list(row.output_shape),
        "num_parameters": row.num_parameters,
        "multiply_adds": row.multiply_adds,
        "formula": row.formula,
        "parameters": row.parameters,
        "notes": list(row.notes),
        **_values(y),
    }


def _kind(watched: ModelPass, name: str) -> str:
    kinds = {layer["name"]: str(layer["kind"]) for layer in watched.layers()}
    return kinds[name]


def _values(y: np.ndarray) -> dict[str, Any]:
    """Return a layer's output values and their statistics."""
    return {
        "values": np.float32(y.ravel()[:_MOST_VALUES]),
        "omitted": max(y.size - _MOST_VALUES, 0),
        "smallest": float(y.min()),
        "mean": float(y.mean()),
        "largest": float(y.max()),
        "share_of_zeros": float((y == 0).mean()),
    }


class Number(Network):
    """Request for an explanation of how a number in a network is calculated.

    Args:
        layer: name of the layer, or path to an inner layer.
        at: position in the output of the layer.
    """

    layer: str = "output"
    at: tuple[int, ...] = (0,)


@handles("layers", "number")
def number(body: Number) -> dict[str, Any]:
    """Explain how a number is calculated, and check it against the forward pass."""
    opened = open_example(body.network, body.row, body.run)
    return explained(opened, body.layer, body.at)
