"""Prepares rows and makes predictions for several requests at once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data import Inputs, Preparation, UnseenCategories
from assay.serving._passes import Passes

__all__ = ["Answered", "predict_together"]


class Answered(NamedTuple):
    """The result of a request.

    Args:
        predictions: predictions (n, …), as returned by `Model.predict`.
        unseen: categories that did not occur in training.
    """

    predictions: np.ndarray
    unseen: tuple[UnseenCategories, ...]


class _Prepared(NamedTuple):
    """The rows of several requests, prepared as network inputs.

    Args:
        indices: indices of the requests.
        inputs: concatenated inputs of these requests.
        frame: concatenated rows of these requests.
    """

    indices: Sequence[int]
    inputs: Inputs
    frame: pl.DataFrame


def predict_together(
    passes: Passes, frames: Sequence[pl.DataFrame]
) -> list[Answered | InputError]:
    """Return a result or an error for each of several requests.

    Preparing a table takes a fixed time per column, even for few rows. Therefore,
    requests whose columns have the same types are prepared together.

    Args:
        passes: forward passes of the model.
        frames: rows of each request, with the model's columns in the same order.
    """
    preparation = passes.model.preparation
    results: dict[int, Answered | InputError] = {}
    prepared: list[_Prepared] = []
    for indices in _same_types(frames):
        for one in _prepare(preparation, frames, indices):
            if isinstance(one, _Prepared):
                prepared.append(one)
            else:
                results |= one
    if prepared:
        parts = passes.predict([one.inputs for one in prepared])
        for one, predictions in zip(prepared, parts, strict=True):
            results |= _split(preparation, frames, one, predictions)
    return [results[index] for index in range(len(frames))]


def _same_types(frames: Sequence[pl.DataFrame]) -> list[list[int]]:
    """Group frames by their column types and return the indices in each group."""
    groups: dict[tuple[pl.DataType, ...], list[int]] = {}
    for index, frame in enumerate(frames):
        groups.setdefault(tuple(frame.dtypes), []).append(index)
    return list(groups.values())


def _prepare(
    preparation: Preparation, frames: Sequence[pl.DataFrame], indices: Sequence[int]
) -> Iterator[_Prepared | dict[int, Answered | InputError]]:
    """Yield the inputs of all frames together, or separately if a frame has errors."""
    frame = pl.concat([frames[index] for index in indices])
    try:
        yield _Prepared(indices, preparation.transform_cells(frame), frame)
    except InputError as error:
        if len(indices) == 1:
            yield {indices[0]: error}
            return
        for index in indices:
            yield from _prepare(preparation, frames, [index])


def _split(
    preparation: Preparation,
    frames: Sequence[pl.DataFrame],
    prepared: _Prepared,
    predictions: np.ndarray,
) -> dict[int, Answered | InputError]:
    """Split the predictions into one result per request."""
    # A single check of all rows shows whether any request contains new categories.
    any_unseen = bool(preparation.unseen_cells(prepared.frame))
    results: dict[int, Answered | InputError] = {}
    start = 0
    for index in prepared.indices:
        frame = frames[index]
        stop = start + frame.height
        unseen = preparation.unseen_cells(frame) if any_unseen else ()
        results[index] = Answered(predictions[start:stop], unseen)
        start = stop
    return results
