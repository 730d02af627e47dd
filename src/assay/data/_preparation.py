"""Preparation: columns to numbers for a network, fitted on the rows it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.data._dataset import Dataset, read
from assay.data._encoders import ENCODERS, Encoder, Feature, fit_encoder
from assay.data._reading import read_as
from assay.data._task import Task

__all__ = ["Preparation"]

_VERSION = 1


@dataclass(frozen=True)
class Preparation:
    """How rows become the inputs of a network; learned from training rows only.

    Numbers are standardized, missing ones take the median and are flagged;
    categories become one column a value, or a code to embed; dates become parts.

    Args:
        task: the task it was fitted for.
        encoders: one for each column that varies.
        tolerant: columns whose training rows held stray text, which counts as
            missing there; elsewhere stray text is refused.
        target_mean: mean of a regression target; 0 for classes.
        target_std: spread of a regression target; 1 for classes.

    Example:
        >>> from assay.data import load, split
        >>> dataset = load("iris")
        >>> rows = split(dataset, seed=0).train
        >>> preparation = Preparation.fit(dataset, rows)
        >>> preparation.transform(dataset, rows).shape
        (104, 4)
        >>> Preparation.from_json(preparation.to_json()) == preparation
        True
    """

    task: Task
    encoders: tuple[Encoder, ...]
    tolerant: frozenset[str] = frozenset()
    target_mean: float = 0.0
    target_std: float = 1.0

    @classmethod
    def fit(cls, dataset: Dataset, rows: np.ndarray) -> "Preparation":
        """Learn from the given rows of a data set, and from no others.

        Args:
            dataset: where the rows are.
            rows: row numbers (n,), n >= 1.

        Raises:
            InputError: no rows, or no column varies on them.
        """
        if not len(rows):
            raise InputError(fault("num_rows >= 1", "num_rows", 0, "Give some rows."))
        used = [column for column in dataset.columns if column.used]
        frame = dataset.frame.select(column.name for column in used)[rows]
        fitted = [fit_encoder(column, frame[column.name]) for column in used]
        encoders = tuple(encoder for encoder in fitted if encoder.features)
        if not encoders:
            raise InputError(
                fault(
                    "a column varies on the training rows",
                    "num_rows",
                    len(rows),
                    "Add rows or columns.",
                )
            )
        mean, std = _target_scale(dataset, rows)
        return cls(
            dataset.task,
            encoders,
            tolerant=frozenset(column.name for column in used if column.num_stray),
            target_mean=mean,
            target_std=std,
        )

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """What each prepared column is: its name, source column and kind."""
        return tuple(f for encoder in self.encoders for f in encoder.features)

    @property
    def num_features(self) -> int:
        """How many prepared columns there are."""
        return len(self.features)

    @cached_property
    def embedded(self) -> tuple[tuple[int, int], ...]:
        """Position and cardinality of each prepared column that holds codes."""
        found, position = [], 0
        for encoder in self.encoders:
            if encoder.cardinality is not None:
                found.append((position, encoder.cardinality))
            position += len(encoder.features)
        return tuple(found)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a frame must have."""
        return tuple(encoder.column for encoder in self.encoders)

    def transform(self, frame: Any, rows: np.ndarray | None = None) -> np.ndarray:
        """Return rows as the inputs of a network.

        Args:
            frame: a data set, or a source of rows with the same feature columns;
                others are not looked at, and a target is not needed.
            rows: row numbers (n,); all if absent.

        Returns:
            Inputs (n, num_features), float32, without NaN.

        Raises:
            InputError: columns are missing, or hold what they must not.
        """
        frame = frame.frame if isinstance(frame, Dataset) else read(frame)
        self._check_columns(frame.columns)
        frame = frame.select(self.columns)
        if rows is not None:
            frame = frame[rows]
        inputs = np.empty((frame.height, self.num_features), dtype=np.float32)
        faults, position = Faults(), 0
        for encoder in self.encoders:
            width = len(encoder.features)
            series = self._read(frame[encoder.column], encoder.kind, rows, faults)
            if not faults.messages:
                encoder.write(series, inputs[:, position : position + width])
            position += width
        faults.raise_if_any()
        return inputs

    def targets(self, dataset: Dataset, rows: np.ndarray | None = None) -> np.ndarray:
        """Return what the network is to predict.

        Args:
            dataset: of the same task.
            rows: row numbers (n,); all if absent.

        Returns:
            Class positions (n,) int32, or standardized quantities (n,) float32.

        Raises:
            InputError: the data set has other classes than the training rows had.
        """
        if dataset.task != self.task:
            raise InputError(
                fault(
                    "the task is the one trained for",
                    "task",
                    dataset.task,
                    f"It was {self.task}.",
                )
            )
        target = dataset.target if rows is None else dataset.target[rows]
        if self.task.kind != "regression":
            return target
        return ((target - self.target_mean) / self.target_std).astype(np.float32)

    def restore(self, predictions: np.ndarray) -> np.ndarray:
        """Return predictions in the target's own units.

        Args:
            predictions: standardized quantities of any shape; those of classes are
                returned as they are.

        Returns:
            The same shape; float64 for quantities.
        """
        if self.task.kind != "regression":
            return predictions
        values = np.asarray(predictions, dtype=np.float64)
        return values * self.target_std + self.target_mean

    def to_json(self) -> dict[str, Any]:
        """Return the preparation as plain JSON values; nothing is rounded."""
        return {
            "version": _VERSION,
            "task": self.task.to_json(),
            "columns": [
                {"name": encoder.column, "kind": encoder.kind, **encoder.to_json()}
                for encoder in self.encoders
            ],
            "tolerant": sorted(self.tolerant),
            "target": [self.target_mean, self.target_std],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Preparation":
        """Return the preparation that `to_json` wrote."""
        mean, std = data["target"]
        return cls(
            Task.from_json(data["task"]),
            tuple(
                ENCODERS[column["kind"]].from_json(column["name"], column)
                for column in data["columns"]
            ),
            tolerant=frozenset(data["tolerant"]),
            target_mean=mean,
            target_std=std,
        )

    def _check_columns(self, names: Sequence[str]) -> None:
        absent = [column for column in self.columns if column not in names]
        if absent:
            raise InputError(
                [
                    fault(
                        "every feature column is given",
                        "missing_column",
                        column,
                        "Add it, empty where unknown." + did_you_mean(column, names),
                    )
                    for column in absent
                ]
            )

    def _read(
        self, series: pl.Series, kind: str, rows: np.ndarray | None, faults: Faults
    ) -> pl.Series:
        reading = read_as(series, kind)
        name = series.name
        if name not in self.tolerant and reading.stray.any():
            at = reading.stray.arg_true()
            row = int(at[0] if rows is None else rows[at[0]])
            faults.add(
                fault(
                    f"every {name!r} is a {kind}",
                    name,
                    series[at[0]],
                    f"{len(at)} rows hold something else, the first is row {row}. "
                    "Correct them, or leave them empty.",
                )
            )
        values = reading.values
        if values.dtype.is_float() and values.is_infinite().any():
            at = values.is_infinite().arg_true()
            row = int(at[0] if rows is None else rows[at[0]])
            faults.add(
                fault(
                    f"every {name!r} is finite",
                    name,
                    values[at[0]],
                    f"{len(at)} rows are not, the first is row {row}. "
                    "Correct them, or leave them empty.",
                )
            )
        return values


def _target_scale(dataset: Dataset, rows: np.ndarray) -> tuple[float, float]:
    if dataset.task.kind != "regression":
        return 0.0, 1.0
    target = dataset.target[rows]
    std = float(target.std())
    # A target that happens not to vary on these rows still has a mean to predict.
    return float(target.mean()), std if std > 0 else 1.0
