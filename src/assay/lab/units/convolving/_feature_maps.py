"""The feature maps of a trained network and the receptive fields of their values."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from assay._errors import InputError
from assay.lab.units._registry import Body, handles
from assay.lab.units.networks._open import (
    Opened,
    explained,
    open_example,
    open_picture,
)
from assay.nn._window_geometry import WindowGeometry
from assay.nn.xray import watch

__all__ = ["FeatureMaps", "Number", "ReceptiveField", "Shift"]


Box = list[tuple[int, int]]  # (first row, last row), (first column, last column)


class FeatureMaps(Body):
    """Request for the feature maps of an image in a trained network.

    Args:
        row: row number of the image.
        run: name of a finished run; empty for the small network trained on digits.
        upload: name of an uploaded image to use instead of the row; empty for none.
    """

    row: int = 0
    run: str = ""
    upload: str = ""


@handles("convolution", "maps")
def maps(body: FeatureMaps) -> dict[str, Any]:
    """Return each layer's feature maps and the kernels of convolutional layers."""
    opened, names = _with_images(body)
    return {
        **_example(opened),
        "input": opened.watched.input(names[0])[0],
        "layers": [_layer_maps(opened, name) for name in names],
    }


def _with_images(body: FeatureMaps) -> tuple[Opened, list[str]]:
    """Return an example, and the names of layers with images as inputs and outputs."""
    if body.upload:
        opened = open_picture("convolution", body.upload, body.run)
    else:
        opened = open_example("convolution", body.row, body.run)
    watched = opened.watched
    names = [
        name
        for name in opened.network.names
        if watched.input(name).ndim == watched.output(name).ndim == 4
    ]
    if not names:
        raise InputError(
            f"The run {body.run!r} has no feature maps, because no layer of its model "
            "outputs images. Choose a run with Conv2D layers."
        )
    return opened, names


def _example(opened: Opened) -> dict[str, Any]:
    return {
        "row": opened.row,
        "num_rows": opened.num_rows,
        "target": opened.target,
        "classes": list(opened.classes),
        "prediction": np.float32(opened.prediction),
        "picture": None if opened.picture is None else np.float32(opened.picture),
    }


def _layer_maps(opened: Opened, name: str) -> dict[str, Any]:
    layer: Any = opened.network.layer(name)
    row = next(row for row in opened.rows if row.name == name)
    kernel = getattr(layer, "kernel", None)
    bias = getattr(layer, "bias", None)
    return {
        "name": name,
        "kind": layer.kind,
        "shape": list(layer.output_shape),
        "formula": row.formula,
        "values": np.float32(opened.watched.output(name)[0]),
        "kernel": None if kernel is None else np.float32(kernel[...]),
        "bias": None if bias is None else np.float32(bias[...]),
    }


class Number(FeatureMaps):
    """Request for an explanation of how a number in a network is calculated.

    Args:
        layer: name of the layer.
        at: position in the output of the layer.
    """

    layer: str = "conv1"
    at: tuple[int, ...] = (0, 0, 0)


@handles("convolution", "number")
def number(body: Number) -> dict[str, Any]:
    """Explain how a number is calculated, and check it against the forward pass."""
    opened, _ = _with_images(body)
    return explained(opened, body.layer, body.at)


class ReceptiveField(Number):
    """Request for the receptive field of a number in a trained network."""


@handles("convolution", "receptive_field")
def receptive_field(body: ReceptiveField) -> dict[str, Any]:
    """Return, for each earlier layer, the box of outputs on which a number depends."""
    opened, names = _with_images(body)
    opened.watched.explain(body.layer, body.at)  # raises an error for invalid positions
    if body.layer not in names:
        raise InputError(
            f"The output of {body.layer!r} is not an image. Choose one of "
            f"{', '.join(names)}."
        )
    box = [(place, place) for place in body.at[:2]]
    boxes = []
    for name in reversed(names[: names.index(body.layer) + 1]):
        boxes.append({"layer": name, "box": box})
        box = _before(opened.network.layer(name), box)
    boxes.append({"layer": "input", "box": box})
    return {"boxes": boxes[::-1], "size": [high - low + 1 for low, high in box]}


def _before(layer: Any, box: Box) -> Box:
    """Return the box of a layer's input on which a box of its output depends."""
    inner = list(layer.inner_layers().values())
    if inner:  # the output of a residual block also depends on its input directly
        through = box
        for one in reversed(inner):
            through = _before(one, through)
        pairs = zip(box, through, strict=True)
        return [(min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs]
    window = getattr(layer, "window", None)
    if window is None:
        space = layer.input_shape[:2]
        is_same = space == layer.output_shape[:2]
        return box if is_same else [(0, size - 1) for size in space]
    return [_rows_before(window, axis, *ends) for axis, ends in enumerate(box)]


def _rows_before(
    window: WindowGeometry, axis: int, low: int, high: int
) -> tuple[int, int]:
    """Return the first and last input rows that the windows `low` to `high` cover."""
    step, before = window.stride[axis], window.padding[axis][0]
    reach = window.dilation[axis] * (window.size[axis] - 1)
    start, stop = low * step - before, high * step - before + reach
    return max(start, 0), min(stop, window.space[axis] - 1)


class Shift(FeatureMaps):
    """Request to translate the input.

    Args:
        down: number of rows to move the image down.
        right: number of columns to move the image to the right.
    """

    down: Annotated[int, Field(ge=-3, le=3)] = 0
    right: Annotated[int, Field(ge=-3, le=3)] = 1


@handles("convolution", "shift")
def shift(body: Shift) -> dict[str, Any]:
    """Return the maps of the first layer before and after a translation of the input.

    The map moves with the input, except where windows reach the border.
    """
    opened, (name, *_) = _with_images(body)
    x = opened.watched.input(name)[0]
    moved = _moved(x, body.down, body.right)
    before = opened.watched.output(name)[0]
    flat = moved.reshape(1, *opened.network.input_shape)  # reverses a Reshape layer
    after = watch(opened.network, flat).output(name)[0]
    expected = _moved(before, body.down, body.right)
    same = np.abs(after - expected).max(axis=-1) < 1e-5
    return {
        "layer": name,
        "input": np.float32(x),
        "moved": np.float32(moved),
        "before": np.float32(before),
        "after": np.float32(after),
        "expected": np.float32(expected),
        "same": same.tolist(),
        "num_same": int(same.sum()),
        "num_positions": int(same.size),
    }


def _moved(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """Shift an array (height, width, channels), repeating the values at its border."""
    rows = np.clip(np.arange(x.shape[0]) - down, 0, x.shape[0] - 1)
    columns = np.clip(np.arange(x.shape[1]) - right, 0, x.shape[1] - 1)
    return x[rows][:, columns]
