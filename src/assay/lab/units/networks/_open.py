"""Runs examples through a run's network or a small network trained on digits."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from assay import experiment, nn, spec
from assay._errors import InputError, fault
from assay.experiment import Fit
from assay.lab.runs._folder import open_run
from assay.lab.runs._uploads import uploaded
from assay.lab.units.networks._digits import digits
from assay.lab.units.networks._pictures import ink_of, inputs_of_picture
from assay.nn.xray import ModelPass, watch

__all__ = [
    "NETWORKS",
    "Opened",
    "explained",
    "layer_rows",
    "open_example",
    "open_picture",
]

_SIDE = 8  # height and width of a digit in pixels

NETWORKS: dict[str, tuple[spec.Layer, ...]] = {
    "dense": (spec.Flatten(), spec.Dense(24), spec.ReLU()),
    "convolution": (
        spec.Conv2D(6, 3),
        spec.ReLU(),
        spec.MaxPool2D(2),
        spec.Conv2D(8, 3),
        spec.ReLU(),
    ),
    "normalized": (
        spec.Flatten(),
        spec.Dense(16),
        spec.BatchNorm(),
        spec.ReLU(),
        spec.Dropout(0.2),
    ),
    "simple_rnn": (spec.Reshape((_SIDE, _SIDE)), spec.SimpleRNN(12)),
    "lstm": (spec.Reshape((_SIDE, _SIDE)), spec.LSTM(12)),
    "gru": (spec.Reshape((_SIDE, _SIDE)), spec.GRU(12)),
}
"""The layers of each small network, excluding the output layer.

Recurrent networks read a digit from top to bottom, one row of pixels per step.
"""


@lru_cache(maxsize=8)
def _trained(network: str) -> Fit:
    images, targets = digits()
    fit = Fit.on(
        images,
        targets,
        model=NETWORKS[network],
        optimizer=spec.Adam(0.01),
        schedule=spec.Constant(),
        augment=(),
        batch_size=64,
        num_epochs=8,
        seed=0,
    )
    return fit.run()


@dataclass(frozen=True, eq=False)
class Opened:
    """An example and its forward pass through a trained network.

    Args:
        row: row number in the data; -1 for a user's image.
        num_rows: number of rows in the data.
        target: true class or number; "" for a user's image.
        classes: names of the classes; empty for numbers.
        prediction: class probabilities, or the predicted number.
        network: the network in inference mode.
        rows: descriptions of the layers, from `assay.nn.describe`.
        watched: recorded forward pass of the example.
        picture: the example's pixels (height, width, channels); None if the example is
            not an image.
    """

    row: int
    num_rows: int
    target: str
    classes: tuple[str, ...]
    prediction: np.ndarray
    network: nn.Model
    rows: list[nn.Row]
    watched: ModelPass
    picture: np.ndarray | None


def open_example(network: str, row: int, run: str = "") -> Opened:
    """Run an example through a small network or the model of a run.

    Args:
        network: name of a small network; ignored if a run is given.
        row: row number in the digits or in the data of the run.
        run: name of a finished run; empty for the digits.

    Raises:
        InputError: the network, the run or the row does not exist, or the row is in the
            sealed test set of the run.
    """
    return _of_run(run, row) if run else _of_digits(network, row)


def open_picture(network: str, upload: str, run: str = "") -> Opened:
    """Run a user's image through a network after resizing it to the input size.

    Args:
        network: name of a small network; ignored if a run is given.
        upload: name of an uploaded file.
        run: name of a finished run; empty for the digits.

    Raises:
        InputError: the file, the network or the run does not exist, the file is not an
            image, or the run does not accept images.
    """
    file = uploaded(upload)
    return _picture_in_run(run, file) if run else _picture_as_digit(network, file)


@lru_cache(maxsize=64)
def _of_digits(network: str, row: int) -> Opened:
    if network not in NETWORKS:
        names = ", ".join(NETWORKS)
        rule, fix = f"network in ({names})", "Use dense."
        raise InputError(fault(rule, "network", network, fix))
    images, targets = digits()
    if not 0 <= row < len(targets):
        raise InputError(fault(f"0 <= row < {len(targets)}", "row", row, "Use 0."))
    return _digit(network, images[row], row=row, target=str(targets[row]))


@lru_cache(maxsize=8)
def _picture_as_digit(network: str, file: Path) -> Opened:
    images, _ = digits()
    ink = ink_of(file, (_SIDE, _SIDE))[..., None]
    return _digit(network, images.max() * ink, row=-1, target="")


def _digit(network: str, image: np.ndarray, *, row: int, target: str) -> Opened:
    """Run an image (8, 8, 1) with values from 0 to 16 through a small network."""
    model = _trained(network).model
    inputs: Any = model.preparation.transform(image[None])
    flax_model = experiment.network_of(model, 0)
    return Opened(
        row,
        len(digits()[0]),
        target,
        tuple(map(str, range(10))),
        model.predict(image[None])[0],
        flax_model,
        layer_rows(model),
        watch(flax_model, inputs),
        image,
    )


def _of_run(name: str, row: int) -> Opened:
    run = open_run(name)
    model = run.model
    dataset = experiment.run_data(run.folder)
    # Row 0 may be sealed, so a negative row number selects the first row of train.
    opened = experiment.open_row(run, row if row >= 0 else None)
    task = model.preparation.task
    target = dataset.target[opened.row]
    is_number = task.kind == "regression"
    return _in_run(
        model,
        model.preparation.transform(dataset, np.array([opened.row])),
        opened.watched,
        row=opened.row,
        num_rows=dataset.num_examples,
        target=f"{target:g}" if is_number else str(task.classes[target]),
    )


def _picture_in_run(name: str, file: Path) -> Opened:
    example = _of_run(name, -1)  # raises an error if layers cannot be shown
    model = open_run(name).model
    inputs = inputs_of_picture(file, model.preparation)
    watched = watch(example.network, inputs, dtype=model.training.precision)
    size = example.num_rows
    return _in_run(model, inputs, watched, row=-1, num_rows=size, target="")


def _in_run(
    model: experiment.Model,
    inputs: Any,
    watched: ModelPass,
    *,
    row: int,
    num_rows: int,
    target: str,
) -> Opened:
    """Return an example with its forward pass through a model's first network."""
    task = model.preparation.task
    prediction = model.predict_inputs(inputs)
    if task.kind == "binary":
        prediction = np.stack([1 - prediction, prediction], axis=1)
    first = watched.input(watched.names[0])[0]
    return Opened(
        row,
        num_rows,
        target,
        () if task.kind == "regression" else tuple(map(str, task.classes)),
        np.atleast_1d(prediction[0]),
        experiment.network_of(model, 0),
        layer_rows(model),
        watched,
        first if first.ndim == 3 else None,
    )


def layer_rows(model: experiment.Model) -> list[nn.Row]:
    """Return a description of each layer in a model."""
    network: Any = model.program.network
    return nn.describe(
        model.training.model,
        model.preparation.input_shape,
        num_outputs=network.num_outputs,
    )


def explained(opened: Opened, layer: str, at: tuple[int, ...]) -> dict[str, Any]:
    """Return how a value is calculated, as JSON values and as text.

    Raises:
        InputError: the layer or the position does not exist.
    """
    xray = opened.watched.explain(layer, at)
    return {**xray.to_json(), "text": xray.to_text(most_terms=12)}
