"""Converts columns to network inputs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from assay._calls import explains_arguments
from assay._errors import InputError, fault
from assay.data.columns.formats._style import DECIMAL_COMMA
from assay.data.columns.target._task import Task
from assay.data.dataset._dataset import Dataset
from assay.data.preparation._blocks import encode_stream
from assay.data.preparation._encode import encode_table
from assay.data.preparation._fit_encoders import AnyEncoder, fit_encoders, varies
from assay.data.preparation._input_form import InputForm
from assay.data.preparation._linear_features import (
    MAX_FLAT,
    average_neighbors,
    count_codes,
)
from assay.data.preparation._read_columns import (
    check_columns,
    read_sole_input,
)
from assay.data.preparation._saved_form import columns_from_json, columns_to_json
from assay.data.preparation._sole_input_encoders import Inputs
from assay.data.preparation.encoders._category_encoder import CategoryEncoder
from assay.data.preparation.encoders._known_categories import UnseenCategories
from assay.data.preparation.encoders._number_encoder import NumberEncoder
from assay.data.preparation.new_rows._differences import Differences, count_unseen
from assay.data.preparation.new_rows._other_scales import notes_on_scales
from assay.data.preparation.new_rows._read import (
    check_row_numbers,
    notes_on_reading,
    num_array_columns,
    read_new_rows,
)
from assay.data.table._array_options import Layout

__all__ = ["Preparation"]

_VERSION = 1


@dataclass(frozen=True)
class Preparation(InputForm):
    """Converts rows to network inputs, using statistics of the training rows.

    Numbers are standardized; missing ones are replaced by the median and flagged.
    Categories become one column per value, or codes for an embedding. Dates become days
    since 1970, month and weekday. Images, sequences and text are always the sole input
    of a network. They become an array with additional axes and, if lengths differ, the
    length of each example. `InputForm` defines the kind and the shape of the inputs.

    Args:
        task: the task of the training data.
        encoders: one encoder per input column; a single encoder for images, sequences
            or text.
        tolerant: columns in which unreadable text counts as missing, as in training; in
            all other columns, unreadable text is an error.
        target_mean: mean of a regression target; 0 for classes.
        target_std: standard deviation of a regression target; 1 for classes.
        layout: options for reading images and sequences.
        styles: (column, style) pairs for ambiguous numbers and dates, such as
            ("price", "decimal comma").
        num_array_columns: number of columns in the training array; 0 if the columns
            have names.

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
    encoders: tuple[AnyEncoder, ...]
    tolerant: frozenset[str] = frozenset()
    target_mean: float = 0.0
    target_std: float = 1.0
    layout: Layout = Layout()
    styles: tuple[tuple[str, str], ...] = ()
    num_array_columns: int = 0

    @classmethod
    @explains_arguments(
        "assay.data.Preparation.fit(dataset, assay.data.split(dataset, seed=0).train)",
        dataset=Dataset,
    )
    def fit(cls, dataset: Dataset, rows: np.ndarray) -> "Preparation":
        """Return a preparation fitted to the given rows of a data set.

        Args:
            dataset: the data set that contains the rows.
            rows: row numbers (n,), n >= 1.

        Raises:
            InputError: `rows` is empty, or no column varies in the given rows.
        """
        if not len(rows):
            fix = "Pass the row numbers of at least one example."
            raise InputError(fault("num_rows >= 1", "num_rows", 0, fix))
        used = [column for column in dataset.columns if column.used]
        # Columns with codes come first, so that their positions do not depend on other
        # columns.
        fitted = sorted(
            fit_encoders(dataset, used, rows),
            key=lambda encoder: encoder.cardinality is None,
        )
        encoders = tuple(encoder for encoder in fitted if encoder.features)
        if not any(map(varies, encoders)):
            which = repr(used[0].name) if len(used) == 1 else "any column"
            raise InputError(
                f"The {len(rows)} training rows do not differ in {which}. "
                "Add rows or columns."
            )
        mean, std = _target_scale(dataset, rows)
        return cls(
            dataset.task,
            encoders,
            tolerant=frozenset(column.name for column in used if column.num_stray),
            target_mean=mean,
            target_std=std,
            layout=dataset.layout,
            styles=tuple(
                (column.name, column.style) for column in used if column.style
            ),
            num_array_columns=num_array_columns(dataset),
        )

    def transform(self, frame: Any, rows: np.ndarray | None = None) -> Inputs:
        """Return rows as network inputs.

        Args:
            frame: a data set, or any source that `read` accepts, with the feature
                columns of the training data. Other columns are ignored, and the target
                may be absent.
            rows: row numbers (n,); all rows by default.

        Returns:
            Inputs (n, *input_shape), float32, without NaN. For text, and for sequences
            of different lengths, returns {"values": inputs, "lengths": (n,)}.

        Raises:
            InputError: columns are missing, or contain cells that cannot be read.
        """
        if isinstance(frame, Dataset) and frame.stream is not None:
            check_columns(self.columns, frame.frame.columns)
            return encode_stream(
                frame,
                frame.stream,
                rows,
                columns=self.columns,
                encode=partial(self._transform_frame, is_new=False),
            )
        is_new = not isinstance(frame, Dataset)
        if isinstance(frame, Dataset):
            frame = frame.frame
        else:
            frame = self._read(frame)
        check_columns(self.columns, frame.columns)
        frame = frame.select(self.columns)
        if rows is not None:
            check_row_numbers(rows, frame.height)
            frame = frame[rows]
        return self._transform_frame(frame, rows, is_new=is_new, is_typed=not is_new)

    def transform_cells(self, frame: pl.DataFrame) -> Inputs:
        """Return rows from an untrusted source as network inputs, like `transform`.

        Text is never interpreted as a file path, so no file is read. Each row is one
        example. Images and sequences are cells that contain numbers.

        Args:
            frame: rows with the columns that the preparation was fitted to.

        Raises:
            InputError: columns are missing, or contain cells that cannot be read.
        """
        check_columns(self.columns, frame.columns)
        return self._transform_frame(frame.select(self.columns), None)

    def unseen(
        self, frame: Any, rows: np.ndarray | None = None
    ) -> tuple[UnseenCategories, ...]:
        """For each column, count the cells whose category is not in the training rows.

        A row with such a category is predicted without the value of that column.
        Numbers and booleans in a different notation, such as 1.0 for 1, do not count as
        unseen.

        Args:
            frame: a data set in memory, or any data that `read` accepts.
            rows: row numbers (n,); all rows by default.
        """
        frame = frame.frame if isinstance(frame, Dataset) else self._read(frame)
        return self.unseen_cells(frame if rows is None else frame[rows])

    def unseen_cells(self, frame: pl.DataFrame) -> tuple[UnseenCategories, ...]:
        """Count unseen categories, like `unseen`, in rows from an untrusted source."""
        names = [e.column for e in self.encoders if isinstance(e, CategoryEncoder)]
        check_columns(names, frame.columns)
        counts = count_unseen(frame, self.encoders)
        return tuple(count for count in counts if count.num_unseen)

    def compare(self, frame: Any) -> Differences:
        """Return how new rows differ from the training rows.

        The differences for several blocks of rows can be added up.

        Args:
            frame: a data set in memory, or any data that `read` accepts.
        """
        frame = frame.frame if isinstance(frame, Dataset) else self._read(frame)
        check_columns(self.columns, frame.columns)
        return Differences.of(frame, self.encoders, dict(self.styles))

    def notes_on_reading(self, source: Any) -> tuple[str, ...]:
        """Return notes on how a source of new rows was read.

        Args:
            source: any data that `read` accepts.
        """
        return notes_on_reading(
            source,
            self.columns,
            kind=self.kind,
            layout=self.layout,
            styles=self._number_styles,
        )

    @property
    def _number_styles(self) -> dict[str, str]:
        """The style of each numeric column and each channel, by name."""
        styles, commas = dict(self.styles), self.layout.decimal_commas
        numbers = [e.column for e in self.encoders if isinstance(e, NumberEncoder)]
        channels = {c: DECIMAL_COMMA * (c in commas) for c in self.layout.channels}
        return {name: styles.get(name, "") for name in numbers} | channels

    def notes_on_scales(self, frame: Any) -> tuple[str, ...]:
        """Return notes on columns whose unit or notation seems to differ from training.

        Args:
            frame: any data that `read` accepts.
        """
        frame = self._read(frame)
        check_columns(self.columns, frame.columns)
        return tuple(notes_on_scales(frame, self.encoders, dict(self.styles)))

    def _transform_frame(
        self,
        frame: pl.DataFrame,
        rows: np.ndarray | None,
        *,
        is_new: bool = True,
        is_typed: bool = False,
    ) -> Inputs:
        sole = self.sole_encoder
        if sole is not None:
            cells = frame[sole.column]
            if cells.is_empty():
                return sole.no_rows()
            return sole.encode(read_sole_input(cells, sole))
        return encode_table(
            frame,
            self.column_encoders,
            rows,
            styles=dict(self.styles),
            tolerant=self.tolerant,
            is_new=is_new,
            is_typed=is_typed,
        )

    def _read(self, source: Any) -> pl.DataFrame:
        return read_new_rows(
            source,
            self.columns,
            kind=self.kind,
            layout=self.layout,
            num_array_columns=self.num_array_columns,
        )

    def flatten(self, inputs: Inputs) -> np.ndarray:
        """Return prepared inputs as an array (n, d) for a linear model.

        Text is converted to counts of the most frequent words. In images and sequences
        with more than MAX_FLAT numbers, neighboring values are averaged.
        """
        if self.kind == "text" and isinstance(inputs, dict):
            return count_codes(inputs["values"], min(self.num_codes or 0, MAX_FLAT))
        values = inputs["values"] if isinstance(inputs, dict) else inputs
        return average_neighbors(values, MAX_FLAT)

    def targets(self, dataset: Dataset, rows: np.ndarray | None = None) -> np.ndarray:
        """Return the targets that the network learns to predict.

        Args:
            dataset: a data set with the same task.
            rows: row numbers (n,); all rows by default.

        Returns:
            Class indices (n,) int32, or standardized quantities (n,) float32.

        Raises:
            InputError: the task or the classes differ from those in training.
        """
        if dataset.task != self.task:
            rule = "dataset.task == preparation.task"
            fix = f"Pass a data set with the training task: {self.task}."
            raise InputError(fault(rule, "task", dataset.task, fix))
        target = dataset.target if rows is None else dataset.target[rows]
        if self.task.kind != "regression":
            return target
        return ((target - self.target_mean) / self.target_std).astype(np.float32)

    def restore(self, predictions: np.ndarray) -> np.ndarray:
        """Return predictions in the units of the target.

        Args:
            predictions: standardized quantities of any shape; class predictions are
                returned unchanged.

        Returns:
            Predictions of the same shape; float64 for quantities.
        """
        if self.task.kind != "regression":
            return predictions
        values = np.asarray(predictions, dtype=np.float64)
        return values * self.target_std + self.target_mean

    def to_json(self) -> dict[str, Any]:
        """Return the preparation as plain JSON values, without rounding."""
        return {
            "version": _VERSION,
            "task": self.task.to_json(),
            "columns": columns_to_json(self.encoders, self.styles),
            "layout": self.layout.to_json(),
            "tolerant": sorted(self.tolerant),
            "target": [self.target_mean, self.target_std],
            **(
                {"num_array_columns": self.num_array_columns}
                if self.num_array_columns
                else {}
            ),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Preparation":
        """Restore a preparation from the output of `to_json`."""
        encoders, styles = columns_from_json(data["columns"])
        mean, std = data["target"]
        return cls(
            Task.from_json(data["task"]),
            encoders,
            tolerant=frozenset(data["tolerant"]),
            target_mean=mean,
            target_std=std,
            layout=Layout.from_json(data["layout"]) if "layout" in data else Layout(),
            styles=styles,
            num_array_columns=data.get("num_array_columns", 0),
        )


def _target_scale(dataset: Dataset, rows: np.ndarray) -> tuple[float, float]:
    if dataset.task.kind != "regression":
        return 0.0, 1.0
    target = dataset.target[rows]
    with np.errstate(over="ignore"):
        std = float(target.std())
    largest = float(np.abs(target).max())
    if not 0 < std < math.inf and largest > 0:  # the squares overflow or underflow
        std = float((target / largest).std()) * largest
    # A constant target is allowed, because its mean can still be predicted.
    return float(target.mean()), std if std > 0 else 1.0
