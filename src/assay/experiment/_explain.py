"""A row of a run's data, looked at inside the trained model."""

from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np
from flax import nnx

from assay import nn, spec
from assay._errors import InputError, fault
from assay.data import Dataset
from assay.experiment._run import Run
from assay.experiment.model._model import Model
from assay.experiment.prepare._load import load_asked
from assay.experiment.records import _write as _writing
from assay.nn.xray import ModelPass, Xray, watch
from assay.records import RunFolder

__all__ = ["OpenedRow", "open_row"]


@dataclass(frozen=True, eq=False)
class OpenedRow:
    """A row in its way through a trained model.

    Args:
        row: number in the data set, from 0.
        part: "train" or "val".
        watched: the pass of this row alone.
    """

    row: int
    part: str
    watched: ModelPass

    def explain(self, layer: str, at: tuple[int, ...] | None = None) -> Xray:
        """Return the calculation of one number.

        Args:
            layer: its name.
            at: position in its output; that of the largest number if absent.

        Raises:
            InputError: there is no such layer or position.
        """
        if at is None:
            y = self.watched.output(layer)[0]
            at = tuple(int(i) for i in np.unravel_index(int(y.argmax()), y.shape))
        return replace(self.watched.explain(layer, at), row=self.row)


def open_row(run: Run, row: int | None = None, *, source: Any = None) -> OpenedRow:
    """Run a row of a run's data through its model, as it predicts.

    Args:
        run: a finished one.
        row: number in the data set, from 0; the first row of train if absent. Rows
            of the sealed test part are refused: what is learned from them would find
            its way into the next model.
        source: the data, where the run was given them in Python.

    Raises:
        InputError: there is no such row, it is sealed, or the data are others.

    Example:
        >>> import assay
        >>> run = assay.train("iris", model="linear", trials=1, runs=None)
        >>> opened = open_row(run)
        >>> opened.watched.names, opened.part
        (('output',), 'train')
    """
    folder = run.folder
    row, part = _allowed(folder, row)
    model = run.model  # a run without one is told before its data are read
    if model.training.own is not None:
        fix = (
            "What is inside of a network of one's own is not known. Open it in Python."
        )
        rule, name = "the model is made of layers", model.training.own.name
        raise InputError(fault(rule, "model", name, fix))
    inputs = model.preparation.transform(_dataset(folder, source), np.array([row]))
    lengths = None
    if isinstance(inputs, dict):
        inputs, lengths = inputs["values"], inputs["lengths"]
    dtype = model.training.precision
    watched = watch(_network(model), inputs, lengths=lengths, dtype=dtype)
    return OpenedRow(row, part, watched)


def _allowed(folder: RunFolder, row: int | None) -> tuple[int, str]:
    """Return the row and its part; raise if it is sealed, or not there."""
    parts = folder.read_npz("split.npz")
    if row is None:
        return int(parts["train"].min()), "train"
    for part in ("train", "val"):
        if row in parts[part]:
            return row, part
    open_rows = np.concatenate([parts["train"], parts["val"]])
    nearest = int(open_rows[np.abs(open_rows - row).argmin()])
    if row in parts["test"]:
        rule = "the row is not of the sealed test part"
        fix = "Test rows are for the result alone; take one of train or val, such as "
        raise InputError(fault(rule, "row", row, f"{fix}{nearest}."))
    fix = f"Write the number of a row of train or val, such as {nearest}."
    raise InputError(fault("the data have the row", "row", row, fix))


def _dataset(folder: RunFolder, source: Any) -> Dataset:
    data = spec.read_data(folder.path_of("experiment.toml"))
    if source is not None:
        data["data"] = source
    elif data["data"] == _writing._IN_MEMORY:
        raise InputError(
            f"{folder.path} was trained on data given in Python. Give them again: "
            "assay.experiment.open_row(run, row, source=...)."
        )
    dataset = load_asked(spec.Experiment(**data))
    _writing.check_same(folder, dataset)
    return dataset


def _network(model: Model) -> nn.Model:
    """Return the network with what was learned in it."""
    kinds = (nnx.Param, nn.Hyperparameter, nnx.BatchStat)
    definition, *states = nnx.split(model._program.network.model, *kinds)
    learned = model.fitted.parameters, model._hyper.model, model.fitted.statistics
    filled = [
        jax.tree.unflatten(jax.tree.structure(state), jax.tree.leaves(tree))
        for state, tree in zip(states, learned, strict=True)
    ]
    return nnx.merge(definition, *filled)
