"""Explains the output of each layer for a row of a run's data."""

from dataclasses import dataclass, replace
from typing import Any, cast

import jax
import numpy as np
from flax import nnx

from assay import nn
from assay._errors import InputError
from assay.experiment._run import Run
from assay.experiment.explain._run_data import run_data
from assay.experiment.model._model import Model
from assay.nn.xray import ModelPass, Xray, watch
from assay.records import RunFolder

__all__ = ["OpenedRow", "network_of", "open_row"]


@dataclass(frozen=True, eq=False)
class OpenedRow:
    """A row of the data and its recorded forward pass through a trained model.

    Args:
        row: row number in the data set, starting at 0.
        part: "train" or "val".
        watched: recorded forward pass of this row.
    """

    row: int
    part: str
    watched: ModelPass

    def explain(self, layer: str, at: tuple[int, ...] | None = None) -> Xray:
        """Return the step-by-step calculation of a value in the output of a layer.

        Args:
            layer: name of the layer.
            at: position in the output; by default, the position of the largest value.

        Raises:
            InputError: the layer or the position does not exist.
        """
        if at is None:
            y = self.watched.output(layer)[0]
            at = tuple(int(i) for i in np.unravel_index(int(y.argmax()), y.shape))
        return replace(self.watched.explain(layer, at), row=self.row)


def open_row(
    run: Run, row: int | None = None, *, member: int = 0, source: Any = None
) -> OpenedRow:
    """Record the forward pass of a row through a run's model.

    Args:
        run: finished run.
        row: row number in the data set, starting at 0; by default, the first row of
            train. Rows of the sealed test set are rejected, because insights from them
            would influence the next model.
        member: member number, starting at 0, for a model with several members.
        source: the data, if they were passed to the run in Python.

    Raises:
        InputError: the row does not exist or is sealed, or the data differ from the
            run's data.

    Example:
        >>> import assay
        >>> run = assay.train("iris", model="linear", trials=1, runs=None)
        >>> opened = open_row(run)
        >>> opened.watched.names, opened.part
        (('output',), 'train')
    """
    folder = run.folder
    row, part = _allowed(folder, row)
    model = run.model  # raise an error early if the run has no model
    if model.training.own is not None:
        raise InputError(
            f"The model {model.training.own.name} was written in Python, so its layers "
            "cannot be explained. Inspect it with Flax."
        )
    _check_member(model, member)
    inputs = model.preparation.transform(run_data(folder, source), np.array([row]))
    lengths = None
    if isinstance(inputs, dict):
        inputs, lengths = inputs["values"], inputs["lengths"]
    dtype = model.training.precision
    watched = watch(network_of(model, member), inputs, lengths=lengths, dtype=dtype)
    return OpenedRow(row, part, watched)


def _allowed(folder: RunFolder, row: int | None) -> tuple[int, str]:
    """Return a row and its part. Raise an error if the row is sealed or absent."""
    parts = folder.read_npz("split.npz", "train", "val", "test")
    if row is None:
        return int(parts["train"].min()), "train"
    for part in ("train", "val"):
        if row in parts[part]:
            return row, part
    open_rows = np.concatenate([parts["train"], parts["val"]])
    nearest = int(open_rows[np.abs(open_rows - row).argmin()])
    if row in parts["test"]:
        raise InputError(
            f"Row {row} is in the sealed test set, so it cannot be explained. Use a "
            f"row of train or val, such as {nearest}."
        )
    raise InputError(
        f"The data have no row {row}. Use a row of train or val, such as {nearest}."
    )


def _check_member(model: Model, member: int) -> None:
    count = len(model.members)
    if not 0 <= member < count:
        counted = f"members 0 to {count - 1}" if count > 1 else "only member 0"
        raise InputError(f"The model has no member {member}. It has {counted}.")


def network_of(model: Model, member: int) -> nn.Model:
    """Return the network of a member with its learned parameters and statistics."""
    flax, tree = cast(Any, nnx), cast(Any, jax.tree)  # these modules are partly untyped
    kinds = (nnx.Param, nn.Hyperparameter, nnx.BatchStat)
    definition, *states = flax.split(model.program.network.model, *kinds)
    fitted = model.members[member]
    learned = fitted.parameters, model.hyperparameters.model, fitted.statistics
    filled = [
        tree.unflatten(tree.structure(state), tree.leaves(arrays))
        for state, arrays in zip(states, learned, strict=True)
    ]
    return flax.merge(definition, *filled)
