"""Measures the importance of each model input by shuffling its values across rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay._errors import InputError
from assay._seeds import generator
from assay.data import Preparation
from assay.evaluate import bca
from assay.experiment._run import Run
from assay.experiment.explain._val_rows import ValRows, losses, val_rows
from assay.experiment.model._model import Model

__all__ = ["Importance", "importance"]

_MOST_PATCHES = 8  # per side of an image
_NUM_SHUFFLES = 5
_NUM_RESAMPLES = 400  # per input; more resamples would be slow for hundreds of inputs


@dataclass(frozen=True)
class Importance:
    """The increase in the loss when the values of an input are shuffled across rows.

    Args:
        name: name of the column or channel, or "row,column" of the first pixel of an
            image patch.
        value: mean increase in the log loss or, for regression, in the absolute error.
        interval: (low, high) of the 95% confidence interval for the mean.
    """

    name: str
    value: float
    interval: tuple[float, float]


def importance(
    run: Run, rows: ValRows | None = None, *, source: Any = None
) -> list[Importance]:
    """Return the importance of each input of a model, largest first.

    Shuffling breaks the connection between an input and the target, but preserves the
    distribution of the input. An input can be unimportant because another input
    contains the same information. The importances are measured on the validation rows.
    The final model was also trained on these rows, so the importances show what the
    model relies on, not how well it predicts new rows.

    Args:
        run: finished run.
        rows: the validation rows, if they have already been read.
        source: the data, if they were passed to the run in Python.

    Raises:
        InputError: the input is text, or the data are missing.

    References:
        Breiman, Random Forests, 2001; Fisher, Rudin and Dominici, All Models are
        Wrong, but Many are Useful, 2019.

    Example:
        >>> import assay
        >>> run = assay.train("iris", model="linear", trials=1, runs=None)
        >>> len(importance(run)), importance(run)[0].value > 0
        (4, True)
    """
    model = run.model
    rows = val_rows(run, source=source) if rows is None else rows
    found: list[Importance] = []
    for name, place in _groups(model.preparation):
        growth = _growth(model, rows, name, place)
        low, high = bca(_mean, growth, seed=0, num_resamples=_NUM_RESAMPLES)
        found.append(Importance(name, float(growth.mean()), (low, high)))
    return sorted(found, key=lambda one: -one.value)


def _growth(
    model: Model, rows: ValRows, name: str, place: tuple[Any, ...]
) -> np.ndarray:
    """Return the mean increase in the loss of each row over several shuffles."""
    inputs = rows.inputs
    values = inputs["values"] if isinstance(inputs, dict) else inputs
    shuffled = np.concatenate([values] * _NUM_SHUFFLES)  # a single call is fastest
    place = (slice(None), *place)
    for number, part in enumerate(np.split(shuffled, _NUM_SHUFFLES)):
        random = generator(0, "importance", name, number)
        part[place] = values[random.permutation(len(values))][place]
    if isinstance(inputs, dict):
        lengths = np.concatenate([inputs["lengths"]] * _NUM_SHUFFLES)
        predictions = model.predict_inputs({"values": shuffled, "lengths": lengths})
    else:
        predictions = model.predict_inputs(shuffled)
    task = model.preparation.task.kind
    targets = np.concatenate([rows.targets] * _NUM_SHUFFLES)
    lost = losses(task, targets, predictions).reshape(_NUM_SHUFFLES, -1)
    return lost.mean(axis=0) - rows.losses


def _mean(values: np.ndarray, weights: np.ndarray | None) -> Any:
    if weights is None:
        return values.mean()
    return weights @ values / weights.sum(axis=-1)


def _groups(preparation: Preparation) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the name of each input and its index in the values of a row."""
    if preparation.kind == "table":
        columns: dict[str, list[int]] = {}
        for place, feature in enumerate(preparation.features):
            columns.setdefault(feature.column, []).append(place)
        yield from ((name, (places,)) for name, places in columns.items())
    elif preparation.kind == "image":
        height, width = preparation.input_shape[:2]
        for down in _patches(height):
            for right in _patches(width):
                yield f"{down.start},{right.start}", (down, right)
    elif preparation.kind == "sequence":
        names = preparation.layout.channels
        for channel in range(preparation.input_shape[-1]):
            name = names[channel] if names else f"channel {channel}"
            yield name, (Ellipsis, channel)
    else:
        raise InputError("The words of a text cannot be shuffled across rows.")


def _patches(size: int) -> list[slice]:
    """Divide a side of an image into ranges."""
    step = -(-size // _MOST_PATCHES)
    return [slice(start, min(start + step, size)) for start in range(0, size, step)]
