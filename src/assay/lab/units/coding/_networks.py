"""Generates code for the convolution and layers units."""

from typing import Literal

from assay._errors import InputError
from assay.lab.units.coding._state import State, run_header, writes
from assay.lab.units.networks._open import NETWORKS

__all__ = ["Convolution", "Layers"]

_INPUT = (2, 1, 0, 1, 1, 1, 1, 0, 2, 0, 0, 0, 1, 1, 1, 1, 2, 2, 0, 2, 2, 0, 1, 2, 1)
_KERNEL = (0, 1, -1, -1, 1, 0, 0, 1, 1)


class Convolution(State):
    """Page settings of the convolution unit."""

    input: tuple[float, ...] = _INPUT
    kernel: tuple[float, ...] = _KERNEL
    bias: float = 0.0
    stride: int = 2
    padding: int = 1
    dilation: int = 1
    image: int = 0


@writes("convolution", Convolution)
def _convolution(state: Convolution) -> str:
    width, window = _side(state.input, "input"), _side(state.kernel, "kernel")
    stride, padding, dilation = state.stride, state.padding, state.dilation
    worked = f"""\
import numpy as np

from assay.nn import ops

x = np.array({_square(state.input, width)}, np.float32)
kernel = np.array({_square(state.kernel, window)}, np.float32)
y = ops.convolve(
    x[None, ..., None],  # one example, one channel
    kernel[..., None, None],  # one input channel, one filter
    stride=({stride}, {stride}),
    padding=(({padding}, {padding}), ({padding}, {padding})),
    dilation=({dilation}, {dilation}),
)
print(y[0, ..., 0] + {state.bias:g})
sizes = ops.slide({width}, {window}, {stride}, {padding}, dilation={dilation})
print(sizes.formula)
"""
    if not state.run:
        return worked
    return f"""\
{worked}
# The same calculation in the trained network of a run:
{run_header(state.run)}from assay.nn import xray

network = assay.experiment.network_of(run.model, 0)
image = preparation.transform(dataset, np.array([{state.image}]))
watched = xray.watch(network, image)
first = next(n for n in watched.names if watched.output(n)[0].ndim == 3)
print(watched.explain(first, (0, 0, 0)).to_text())
"""


def _side(values: tuple[float, ...], name: str) -> int:
    side = round(len(values) ** 0.5)
    if side * side != len(values) or not side:
        raise InputError(f"Settings in the address are invalid: {name}.")
    return side


def _square(values: tuple[float, ...], side: int) -> str:
    rows = (values[start : start + side] for start in range(0, len(values), side))
    lines = (f"    [{', '.join(f'{value:g}' for value in row)}]," for row in rows)
    return "\n".join(["[", *lines, "]"])


class Layers(State):
    """Page settings of the layers unit."""

    network: Literal[
        "dense", "convolution", "normalized", "simple_rnn", "lstm", "gru"
    ] = "convolution"
    example: int = 0
    layer: str = "conv1"
    channel: int = 0
    row: int = 3
    column: int = 3


@writes("layers", Layers)
def _layers(state: Layers) -> str:
    header = _network_of_run(state) if state.run else _network_on_digits(state)
    return f"""\
{header}
layer = {state.layer!r}
shape = np.array(watched.output(layer)[0].shape)
place = [{state.row}, {state.column}, {state.channel}] if len(shape) == 3 else 0 * shape
print(watched.explain(layer, tuple(np.minimum(place, shape - 1).tolist())).to_text())
"""


def _network_on_digits(state: Layers) -> str:
    layers = "".join(f"    assay.{layer!r},\n" for layer in NETWORKS[state.network])
    return f"""\
import assay
import numpy as np
from assay.nn import xray

digits = assay.data.load("digits")
pixels = [digits.values(column.name).to_numpy() for column in digits.columns]
images = np.stack(pixels, axis=1).reshape(-1, 8, 8, 1).astype(np.float32)
layers = [
{layers}]
print(assay.nn.description_text(assay.nn.describe(layers, (8, 8, 1), num_outputs=10)))
fit = assay.Fit.on(
    images,
    digits.target,
    model=layers,
    optimizer=assay.Adam(0.01),
    schedule=assay.Constant(),
    batch_size=64,
    num_epochs=8,
)
model = fit.run().model
inputs = model.preparation.transform(images[[{state.example}]])
watched = xray.watch(assay.experiment.network_of(model, 0), inputs)
"""


def _network_of_run(state: Layers) -> str:
    return f"""\
{run_header(state.run)}import numpy as np
from assay.nn import xray

shape, outputs = preparation.input_shape, run.model.program.network.num_outputs
rows = assay.nn.describe(training.model, shape, num_outputs=outputs)
print(assay.nn.description_text(rows))
example = preparation.transform(dataset, np.array([{max(state.example, 0)}]))
lengths = example["lengths"] if isinstance(example, dict) else None
values = example["values"] if isinstance(example, dict) else example
network = assay.experiment.network_of(run.model, 0)
watched = xray.watch(network, values, lengths=lengths)
"""
