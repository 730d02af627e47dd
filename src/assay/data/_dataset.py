"""A data set: examples, their targets and the task."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.data._arranging import arrange, with_test_part
from assay.data._column import KINDS, Column, read_column, rescue, set_apart
from assay.data._fingerprint import fingerprint
from assay.data._layout import Layout, check_layout
from assay.data._source import Table
from assay.data._sources import read_table
from assay.data._task import Task, read_target

__all__ = ["Dataset", "load", "read"]

TARGET_NAMES = ("target", "label", "class", "y")
"""Column names that say they are the target."""

_SHOWN_COLUMNS = 30


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples (x, y) and their task: D = {((x_i, y_i) given T)}, i = 1..M.

    Args:
        name: a short name.
        source: where it came from.
        frame: the features, a row an example; typed, missing values are null.
        target: class positions (n,) int32, or quantities (n,) float64.
        task: what is to be predicted.
        columns: what each column of `frame` holds, in its order.
        fingerprint: sha256 over everything that was read, target and ignored columns
            included.
        notes: what was decided while loading, in words.
        num_test: how many of the last rows came as a test part of their own.
        layout: how images and series were read.
    """

    name: str
    source: str
    frame: pl.DataFrame
    target: np.ndarray
    task: Task
    columns: tuple[Column, ...]
    fingerprint: str
    notes: tuple[str, ...] = ()
    num_test: int = 0
    layout: Layout = Layout()

    @property
    def num_examples(self) -> int:
        """The size M of the data set."""
        return self.frame.height

    @property
    def num_features(self) -> int:
        """How many columns are features, whether a network can use them or not."""
        return sum(not column.ignored for column in self.columns)


def read(source: Any, layout: Layout | None = None) -> pl.DataFrame:
    """Read the table that a source holds, as it is: for prediction, and for looking.

    Args:
        source: whatever `load` takes; a target may be absent.
        layout: how images and series are read.

    Raises:
        InputError: it cannot be read.

    Example:
        >>> read("iris").shape
        (150, 5)
    """
    return arrange(read_table(source), layout or Layout())[0].frame


def load(
    source: Any,
    *,
    target: str | None = None,
    task: str | None = None,
    name: str | None = None,
    ignore: Sequence[str] = (),
    kinds: Mapping[str, str] | None = None,
    test_data: Any = None,
    **layout: Any,
) -> Dataset:
    """Load a data set from a file, a folder, a built-in name, a frame or arrays.

    Args:
        source: a path, a built-in name, a polars or pandas frame, a mapping of
            columns, or (X, y) with shapes (n, d) and (n,); X may also hold images
            (n, height, width, channels) or series (n, steps, channels).
        target: the column to predict; not needed where the source knows it.
        task: "binary", "multiclass" or "regression"; found from the target if absent.
        name: a short name for the data set.
        ignore: columns that must not be features; they stay in the frame, so that
            rows can be split by them.
        kinds: what columns hold, where the guess is wrong.
        test_data: another source, whose examples are the test part.
        **layout: how images and series are read: fields of `Layout`, such as
            image_size=(32, 32).

    Raises:
        InputError: every fault found in the data.

    Example:
        >>> dataset = load("iris")
        >>> dataset.num_examples, dataset.num_features, dataset.task.kind
        (150, 4, 'multiclass')
        >>> load(([[1.0], [2.0], [3.0]], [0.5, 0.1, 0.7])).task.kind
        'regression'
    """
    if isinstance(source, Dataset):
        return source
    asked = Layout(kinds=dict(kinds or {}), **layout)
    check_layout(asked)
    table = read_table(source)
    target, notes = _find_target(table, target)
    table, found_layout = arrange(table, asked, (target,))
    if test_data is not None:
        table = with_test_part(table, test_data, asked, (target,))
    faults = Faults()
    if table.frame.height < 2:
        faults.add(
            fault("num_examples >= 2", "num_examples", table.frame.height, "Add rows.")
        )
        faults.raise_if_any()
    names = {"ignore": ignore, "kinds": asked.kinds}
    _check_names(table.frame, target, names, faults)
    _check_kinds(asked.kinds, faults)
    faults.raise_if_any()
    feature_faults = Faults()
    features, columns = _read_features(
        table.frame.drop(target), ignore, found_layout.kinds, faults=feature_faults
    )
    values, found, typed = read_target(table.frame[target], task or table.task, faults)
    if task is None and table.task is not None:
        found = replace(found, reason="the source says so")
    faults.extend(feature_faults.messages)
    faults.raise_if_any()
    notes = [*table.notes, *notes, f"Task {found.kind}: {found.reason}."]
    return Dataset(
        name or table.name,
        source=table.source,
        frame=features,
        target=values,
        task=found,
        columns=columns,
        fingerprint=fingerprint(features.with_columns(typed)),
        notes=tuple(notes),
        num_test=table.num_test,
        layout=found_layout,
    )


def _find_target(table: Table, target: str | None) -> tuple[str, list[str]]:
    names = table.frame.columns
    if target is None and table.target is not None:
        return table.target, []
    if target in names:
        return str(target), []
    likely = [name for name in names if name.lower() in TARGET_NAMES]
    if target is None and len(likely) == 1:
        return likely[0], [f"The target is the column {likely[0]!r}, by its name."]
    listed = ", ".join(names[:_SHOWN_COLUMNS])
    if len(names) > _SHOWN_COLUMNS:
        listed += f" and {len(names) - _SHOWN_COLUMNS} more"
    hint = did_you_mean(str(target), names) if target is not None else ""
    example = (likely or names or [""])[-1]
    told = f"Columns: {listed}. Write target={example!r}, if that is it.{hint}"
    if not names:
        told = "The table has no columns."
    raise InputError(fault("target names a column", "target", target, told))


def _check_names(
    frame: pl.DataFrame,
    target: str,
    asked: Mapping[str, Sequence[str] | Mapping[str, str]],
    faults: Faults,
) -> None:
    for argument, names in asked.items():
        for name in names:
            if name == target:
                faults.add(
                    fault("the target is no feature", argument, name, "Leave it out.")
                )
            elif name not in frame.columns:
                faults.add(
                    fault(
                        f"{argument} names columns",
                        argument,
                        name,
                        "There is no such column." + did_you_mean(name, frame.columns),
                    )
                )


def _check_kinds(kinds: Mapping[str, str], faults: Faults) -> None:
    for name, kind in kinds.items():
        if kind not in KINDS:
            faults.add(
                fault(
                    f"kind in {KINDS}",
                    f"kinds[{name!r}]",
                    kind,
                    "Name one of them." + did_you_mean(kind, KINDS),
                )
            )


def _read_features(
    frame: pl.DataFrame,
    ignore: Sequence[str],
    kinds: Mapping[str, str],
    *,
    faults: Faults,
) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    read_columns, broken = [], Faults()
    for series in frame.get_columns():
        try:
            read_columns.append(read_column(series, kinds.get(series.name)))
        except InputError as error:
            broken.extend(error.faults)
    features = pl.DataFrame([values for values, _ in read_columns])
    columns = [
        replace(column, ignored=column.name in ignore) for _, column in read_columns
    ]
    columns = set_apart(rescue(columns, features), kinds, broken)
    if not broken.messages:
        _check_features(features, columns, faults)
    faults.extend(broken.messages)
    return features, tuple(columns)


def _check_features(
    frame: pl.DataFrame, columns: Sequence[Column], faults: Faults
) -> None:
    for column in columns:
        values = frame[column.name]
        if column.used and values.dtype.is_float() and values.is_infinite().any():
            rows = values.is_infinite().arg_true()
            faults.add(
                fault(
                    f"every {column.name!r} is finite",
                    column.name,
                    values[rows[0]],
                    f"{len(rows)} rows are not, the first is row {rows[0]}. "
                    "Correct them, or leave them empty.",
                )
            )
    if any(column.used for column in columns):
        _check_held(frame, columns, faults)
    else:
        told = "; ".join(f"{c.name}: {c.kind}, {c.reason}" for c in columns)
        faults.add(
            fault(
                "num_features >= 1",
                "num_features",
                0,
                f"No column can be used ({told or 'there is none but the target'}).",
            )
        )


def _check_held(frame: pl.DataFrame, columns: Sequence[Column], faults: Faults) -> None:
    """Tell all columns at once that hold no value in any row."""
    empty = [
        column.name
        for column in columns
        if column.num_missing == frame.height
        and not column.num_stray
        and not column.ignored
    ]
    if empty:
        faults.add(
            fault(
                "every feature column holds a value",
                "columns",
                empty,
                f"Write ignore = {json.dumps(empty, ensure_ascii=False)}, or fill "
                "them in.",
            )
        )
