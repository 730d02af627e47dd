"""Preparation: columns to numbers for a network, fitted on the rows it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.data.columns._column import CELL_KINDS, WHOLE_KINDS, Column, read_column
from assay.data.columns._parse import read_as
from assay.data.columns._task import Task
from assay.data.dataset._dataset import Dataset, read
from assay.data.preparation._column_encoders import (
    ENCODERS,
    Encoder,
    Feature,
    coded,
    fit_encoder,
    varies,
)
from assay.data.preparation._incremental_fit import TALLIES, tally_for
from assay.data.preparation._linear_features import MAX_FLAT, averaged, counted
from assay.data.preparation._whole_encoders import WHOLE_ENCODERS, Inputs, WholeEncoder
from assay.data.table._array_cells import holds_cells
from assay.data.table._array_options import Layout
from assay.data.table._chunks import chunk_rows, pieces

__all__ = ["Preparation"]

_VERSION = 1
_ENCODERS = ENCODERS | WHOLE_ENCODERS


@dataclass(frozen=True)
class Preparation:
    """How rows become the inputs of a network; learned from training rows only.

    Numbers are standardized, missing ones take the median and are flagged;
    categories become one column a value, or a code to embed; dates become parts.
    Images, series and text are the whole input: an array of more axes, with the length
    of each example where lengths differ.

    Args:
        task: the task it was fitted for.
        encoders: one for each column that varies; a single one for images, series
            and text.
        tolerant: columns whose training rows held stray text, which counts as
            missing there; elsewhere stray text is refused.
        target_mean: mean of a regression target; 0 for classes.
        target_std: spread of a regression target; 1 for classes.
        layout: how images and series are read.

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
    encoders: tuple[Encoder | WholeEncoder, ...]
    tolerant: frozenset[str] = frozenset()
    target_mean: float = 0.0
    target_std: float = 1.0
    layout: Layout = Layout()

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
        pairs = zip(_fitted(dataset, used, rows), used, strict=True)
        fitted = [coded(encoder, column) for encoder, column in pairs]
        # codes first: their places are then the same however many columns follow
        fitted.sort(key=lambda encoder: encoder.cardinality is None)
        encoders = tuple(encoder for encoder in fitted if encoder.features)
        if not any(map(varies, encoders)):
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
            layout=dataset.layout,
        )

    @property
    def whole(self) -> WholeEncoder | None:
        """The encoder of images, series or text; None for a table."""
        first: Any = self.encoders[0]
        return first if first.kind in WHOLE_KINDS else None

    @property
    def _parts(self) -> tuple[Encoder, ...]:
        """The encoders of the columns of a table."""
        parts: Any = self.encoders
        return () if self.whole is not None else parts

    @property
    def kind(self) -> str:
        """What the inputs are: "table", "image", "sequence" or "text"."""
        return "table" if self.whole is None else self.whole.kind

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one example: of its values, where there are lengths too."""
        return (self.num_features,) if self.whole is None else self.whole.input_shape

    @property
    def num_codes(self) -> int | None:
        """How many codes the inputs hold, if they are words; else None."""
        return None if self.whole is None else self.whole.cardinality

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
        for encoder in self._parts:
            if encoder.cardinality is not None:
                found.append((position, encoder.cardinality))
            position += len(encoder.features)
        return tuple(found)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a frame must have."""
        return tuple(encoder.column for encoder in self.encoders)

    def transform(self, frame: Any, rows: np.ndarray | None = None) -> Inputs:
        """Return rows as the inputs of a network.

        Args:
            frame: a data set, or a source of rows with the same feature columns;
                others are not looked at, and a target is not needed.
            rows: row numbers (n,); all if absent.

        Returns:
            Inputs (n, *input_shape), float32, without NaN; for words, and for series
            of unequal lengths, {"values": inputs, "lengths": (n,)}.

        Raises:
            InputError: columns are missing, or hold what they must not.
        """
        if isinstance(frame, Dataset) and frame.stream is not None:
            return self._transform_stream(frame, rows)
        is_read = isinstance(frame, Dataset)
        frame = frame.frame if is_read else self._named(read(frame, self.layout))
        self._check_columns(frame.columns)
        frame = frame.select(self.columns)
        if rows is not None:
            frame = frame[rows]
        return self._transform_frame(frame, rows)

    def _transform_stream(self, dataset: Dataset, rows: np.ndarray | None) -> Inputs:
        """Return inputs of streamed rows, of which a block at a time is read."""
        stream: Any = dataset.stream
        rows = np.arange(dataset.num_examples) if rows is None else np.asarray(rows)
        self._check_columns(dataset.frame.columns)
        order = None
        if stream.bounds is not None and (np.diff(rows) < 0).any():
            order = np.argsort(rows, kind="stable")
            rows = rows[order]
        found = [
            self._transform_frame(stream.read(self.columns, rows[piece]), rows[piece])
            for piece in pieces(rows, stream.bounds, chunk_rows(dataset.width))
        ]
        if not found:
            return self._transform_frame(dataset.frame.select(self.columns), rows)
        return _joined(found, order)

    def _transform_frame(self, frame: pl.DataFrame, rows: np.ndarray | None) -> Inputs:
        if self.whole is not None:
            return self._transform_whole(frame[self.whole.column], self.whole)
        inputs = np.empty((frame.height, self.num_features), dtype=np.float32)
        faults, position = Faults(), 0
        for encoder in self._parts:
            width = len(encoder.features)
            series = self._read(frame[encoder.column], encoder.kind, rows, faults)
            if not faults.messages:
                encoder.write(series, inputs[:, position : position + width])
            position += width
        faults.raise_if_any()
        return inputs

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Let the one column of images or series go by the name it had in training."""
        cells = [series.name for series in frame.get_columns() if holds_cells(series)]
        wanted = self.columns[0]
        if self.kind in CELL_KINDS and len(cells) == 1 and wanted not in frame.columns:
            return frame.rename({cells[0]: wanted})
        return frame

    def _transform_whole(self, series: pl.Series, encoder: WholeEncoder) -> Inputs:
        if series.is_empty():
            return encoder.no_rows()
        values, _ = read_column(series, encoder.kind)
        found, wanted = _cell_shape(values, encoder), encoder.input_shape
        if found != wanted:
            resize = "Write image_size=... when training, to resize all to one size."
            told = {"image": resize, "sequence": "Give series like those trained on."}
            raise InputError(
                fault(
                    f"every {series.name!r} has the shape {wanted}",
                    f"{series.name}.shape",
                    found,
                    told[encoder.kind],
                )
            )
        return encoder.encode(values)

    def flatten(self, inputs: Inputs) -> np.ndarray:
        """Return prepared inputs as numbers (n, d) for a linear model.

        Words become how often the most frequent ones stand in a text; images and
        series of more than MAX_FLAT numbers are averaged over neighbors.
        """
        if self.kind == "text" and isinstance(inputs, dict):
            return counted(inputs["values"], min(self.num_codes or 0, MAX_FLAT))
        values = inputs["values"] if isinstance(inputs, dict) else inputs
        return averaged(values, MAX_FLAT)

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
            "layout": self.layout.to_json(),
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
                _ENCODERS[column["kind"]].from_json(column["name"], column)
                for column in data["columns"]
            ),
            tolerant=frozenset(data["tolerant"]),
            target_mean=mean,
            target_std=std,
            layout=Layout.from_json(data["layout"]) if "layout" in data else Layout(),
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
        is_float = values.dtype.is_float()
        found = np.isinf(values.to_numpy()) if is_float else np.zeros(0, bool)
        at = np.flatnonzero(found)
        if len(at):
            row = int(at[0] if rows is None else rows[at[0]])
            faults.add(
                fault(
                    f"every {name!r} is finite",
                    name,
                    values[int(at[0])],
                    f"{len(at)} rows are not, the first is row {row}. "
                    "Correct them, or leave them empty.",
                )
            )
        return values


def _fitted(dataset: Dataset, used: Sequence[Column], rows: np.ndarray) -> list[Any]:
    """Return the encoder of each column; of many streamed rows, block by block."""
    names, stream = [column.name for column in used], dataset.stream
    kinds = {column.kind for column in used}
    most = len(rows) if stream is None else chunk_rows(dataset.width)
    if stream is None or len(rows) <= most or not kinds <= {*TALLIES}:
        rows = rows[:most]  # of text; its words are those of a fair sample
        frame = dataset.take(names, rows)
        return [_fit(column, frame[column.name]) for column in used]
    tallies = [tally_for(column, len(rows)) for column in used]
    rows = np.sort(rows)
    for piece in pieces(rows, stream.bounds, most):
        frame = dataset.take(names, rows[piece])
        for tally, name in zip(tallies, names, strict=True):
            tally.add(frame[name])
    return [tally.encoder() for tally in tallies]


def _joined(parts: Sequence[Inputs], order: np.ndarray | None) -> Inputs:
    """Return parts one after the other, in the places that they were asked for."""

    def join(arrays: Sequence[np.ndarray]) -> np.ndarray:
        together = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
        if order is None:
            return together
        out = np.empty_like(together)
        out[order] = together
        return out

    first = parts[0]
    if not isinstance(first, dict):
        return join(parts)  # type: ignore[arg-type]
    return {name: join([part[name] for part in parts]) for name in first}  # type: ignore[index]


def _fit(column: Column, series: pl.Series) -> Any:
    if column.kind in WHOLE_KINDS:
        return WHOLE_ENCODERS[column.kind].fit(column.name, series)
    return fit_encoder(column, series)


def _cell_shape(series: pl.Series, encoder: WholeEncoder) -> tuple[Any, ...]:
    """Return the shape of cells; lengths that may differ count as those expected."""
    if encoder.kind not in CELL_KINDS:
        return encoder.input_shape
    dtype: Any = series.dtype
    if getattr(encoder, "uneven", False):
        inner = dtype.shape[1:] if isinstance(dtype, pl.Array) else dtype.inner.shape
        return (*encoder.input_shape[:1], *inner)
    return (
        dtype.shape if isinstance(dtype, pl.Array) else ("unequal", *dtype.inner.shape)
    )


def _target_scale(dataset: Dataset, rows: np.ndarray) -> tuple[float, float]:
    if dataset.task.kind != "regression":
        return 0.0, 1.0
    target = dataset.target[rows]
    std = float(target.std())
    # A target that happens not to vary on these rows still has a mean to predict.
    return float(target.mean()), std if std > 0 else 1.0
