"""Determines the target column and the input columns."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, did_you_mean, fault
from assay._terminal import on_one_line
from assay.data.columns._column import KINDS, NAMELESS, Column
from assay.data.columns._exclude import set_aside_conflicting, use_counts_if_alone
from assay.data.columns._wording import affected_rows
from assay.data.columns.together._read_columns import read_columns
from assay.data.table._column_names import look_the_same
from assay.data.table._image_files import hints_on_files
from assay.data.table._table import Table

__all__ = [
    "check_kinds",
    "check_names",
    "find_target",
    "hint_on_index",
    "only_class",
    "read_features",
]

NO_HEADER = "The first line, "
"""Beginning of the note about column names that look like data."""

UNUSED_INDEX = "The index is not used: "
"""Beginning of the note about the index of a pandas frame."""

UNUSED_ARRAYS = "These arrays are not used: "
"""Beginning of the note about arrays that may be the targets."""

TARGET_NAMES = ("target", "label", "class", "y")
"""Column names that identify the target."""

_SHOWN_COLUMNS = 30


def find_target(table: Table, target: str | None) -> tuple[str, list[str]]:
    """Return the name of the target, and notes on how it was found.

    Args:
        table: the table returned by a reader.
        target: the name passed by the user, if any.

    Raises:
        InputError: the target does not exist, or none was specified or recognized.
    """
    names = table.frame.columns
    if target is None and table.target is not None:
        return table.target, []
    if target in names:
        return str(target), []
    if table.target is not None and target == table.target_array:
        return table.target, []
    same = [name for name in names if target and look_the_same(target, name)]
    if len(same) == 1:
        return same[0], []
    likely = [name for name in names if name.lower() in TARGET_NAMES]
    if target is None and len(likely) == 1:
        return likely[0], [f"The target is {likely[0]!r}, judging by its name."]
    raise InputError(
        fault(
            "target in columns",
            "target",
            target,
            _how_to_name(table, target, likely) + _row_of_names(table, target),
        )
    )


def _how_to_add_classes(table: Table) -> str:
    fix = "Put the images of each class in a subfolder of its own"
    if table.folder is None or table.source != str(table.folder):
        return f"An image has no class. {fix}, and pass the outer folder."
    return (
        f"The images have no classes. {fix}. If {table.source!r} contains a single "
        f"class, pass its parent folder{hints_on_files(table.folder)}"
    )


def only_class(table: Table) -> str:
    """Return a message if all images have the same class, or "" otherwise."""
    if table.target is None or "image" not in table.kinds.values():
        return ""
    labels = table.frame[table.target]
    if len(labels) < 2 or labels.n_unique() > 1:
        return ""
    return (
        f"All images belong to the class {str(labels[0])!r}. Put the images of each "
        f"additional class in a subfolder of its own{hints_on_files(table.folder)}"
    )


def hint_on_index(notes: Iterable[str], names: Iterable[Any]) -> str:
    """Return the note on a pandas index that contains missing columns, or "".

    Args:
        notes: the notes of the table.
        names: names of columns that the table lacks.
    """
    absent = list(map(repr, names))
    for note in notes:
        if note.startswith(UNUSED_INDEX) and any(name in note for name in absent):
            return f" {note}"
    return ""


def _how_to_name(table: Table, target: str | None, likely: Sequence[str]) -> str:
    names = table.frame.columns
    if not names:
        return "The table has no columns."
    if all(table.kinds.get(name) == "image" for name in names):
        return _how_to_add_classes(table)
    if message := only_class(table):
        return message
    if all(table.kinds.get(name) in ("image", "sequence") for name in names):
        return (
            "The sequences have no targets. Add a class or number to each, as y in an "
            "archive or with '@classLabel true' in a .ts file."
        )
    for note in table.notes:
        if note.startswith((NO_HEADER, UNUSED_ARRAYS)):
            return note
    if in_index := hint_on_index(table.notes, [target]):
        return in_index.lstrip()
    if len(names) == 1 and table.frame.dtypes[0].is_nested():
        return (
            f"The only array is {names[0]!r}. Add an array y with one number or class "
            "per row."
        )
    if len(names) == 1:
        return (
            f"The only column is {names[0]!r}. Add a column to predict, and separate "
            "cells with a comma, semicolon or tab."
        )
    if table.positional and target is None:
        return "The source has no targets. Pass them as well: (X, y)."
    shown = ", ".join(map(on_one_line, names[:_SHOWN_COLUMNS]))
    if len(names) > _SHOWN_COLUMNS:
        shown += f" and {len(names) - _SHOWN_COLUMNS} more"
    if target is not None and (hint := did_you_mean(target, names)):
        return f"The columns are {shown}.{hint}"
    example = (likely or names)[-1]
    is_folder = table.folder is not None and table.source == str(table.folder)
    return (
        f"The columns are {shown}. Specify the column to predict, such as "
        f"target={example!r}{hints_on_files(table.folder) if is_folder else '.'}"
    )


def _row_of_names(table: Table, target: str | None) -> str:
    """Return the note on omitted rows if it contains the target's name, or ""."""
    for note in table.notes:
        if target is not None and f"{target!r}" in note and " row" in note:
            return f" {note} If it is the header row, remove the lines above it."
    return ""


def check_names(
    frame: pl.DataFrame,
    target: str,
    arguments: Mapping[str, Sequence[str] | Mapping[str, str]],
    faults: Faults,
) -> None:
    """Add a fault for each name in the user's arguments that no feature has.

    Args:
        frame: the columns, including the target.
        target: the name of the target.
        arguments: the column names in each argument, by argument name.
        faults: collects faults in the names.
    """
    for argument, names in arguments.items():
        for name in names:
            if name == target:
                rule = f"target not in {argument}"
                faults.add(fault(rule, argument, name, "Remove it."))
            elif name not in frame.columns:
                faults.add(
                    fault(
                        f"set({argument}) <= set(columns)",
                        argument,
                        name,
                        "No column has this name."
                        + (_separate(name, frame) or did_you_mean(name, frame.columns)),
                    )
                )


def _separate(name: str, frame: pl.DataFrame) -> str:
    """Return a hint if a name lists several columns, such as "size,color", or ""."""
    names = [part.strip() for part in name.split(",")]
    are_columns = len(names) > 1 and set(names) <= set(frame.columns)
    return f" List the columns separately: ignore={names!r}." if are_columns else ""


def check_kinds(kinds: Mapping[str, str], faults: Faults) -> None:
    """Add a fault for each unknown kind set by the user."""
    for name, kind in kinds.items():
        if kind not in KINDS:
            faults.add(
                fault(
                    f"kind in {KINDS}",
                    f"kinds[{name!r}]",
                    kind,
                    "Use one of these kinds." + did_you_mean(kind, KINDS),
                )
            )


def read_features(
    raw_columns: Iterable[pl.Series],
    ignore: Sequence[str],
    kinds: Mapping[str, str],
    *,
    faults: Faults,
    decimal_commas: bool = False,
    notes: Sequence[str] = (),
    on_read: Callable[[pl.Series], pl.Series] = lambda values: values,
) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    """Read columns, and return their typed values and descriptions.

    Args:
        raw_columns: the columns before conversion.
        ignore: names of the columns to exclude from the features.
        kinds: the kinds set by the user, by column name.
        faults: collects faults in the columns.
        decimal_commas: whether any columns of the table have decimal commas.
        notes: messages about how the columns were read, to be included in the fault if
            no column can be used.
        on_read: function that receives the typed values of each column and returns the
            values to keep.
    """
    kept, columns, infinite, unread, num_rows = [], [], {}, Faults(), 0
    for result in read_columns(raw_columns, kinds, decimal_commas):
        if isinstance(result, InputError):
            unread.extend(result.faults)
            continue
        values, column = result
        num_rows = len(values)
        infinite[column.name] = _infinite(values)
        columns.append(replace(column, ignored=column.name in ignore))
        kept.append(on_read(values))
        del result, values  # a long column must be freed before the next one is read
    features = pl.DataFrame(kept)
    columns = use_counts_if_alone(columns, features)
    columns = set_aside_conflicting(columns, kinds, unread)
    if not unread.messages:
        messages = [infinite[column.name] for column in columns if column.used]
        faults.extend(message for message in messages if message)
        if any(column.used for column in columns):
            _check_not_empty(columns, num_rows, faults)
        else:
            faults.add(_none_used(columns, notes))
    faults.extend(unread.messages)
    return features, tuple(columns)


def _infinite(values: pl.Series) -> str:
    """Return a fault message if a column contains infinite numbers, or "" otherwise."""
    if not values.dtype.is_float():
        return ""
    rows = np.flatnonzero(np.isinf(values.to_numpy()))
    if not rows.size:
        return ""
    return fault(
        f"isfinite({values.name})",
        values.name,
        values[int(rows[0])],
        f"{affected_rows(rows.size, int(rows[0]))} "
        "Correct these cells, or leave them empty.",
    )


def _none_used(columns: Sequence[Column], notes: Sequence[str]) -> str:
    """Return a fault message for a table in which no column can be used."""
    reasons = "; ".join(
        f"{c.name}: {'ignored' if c.ignored else f'{c.kind}, {c.reason}'}"
        for c in columns[:_SHOWN_COLUMNS]
    )
    if len(columns) > _SHOWN_COLUMNS:
        reasons += f"; and {len(columns) - _SHOWN_COLUMNS} more columns"
    names = [repr(column.name) for column in columns if not column.ignored]
    hints = [note for note in notes if any(name in note for name in names)]
    found = f"No column can be used ({reasons or 'the target is the only column'})."
    fix = "Otherwise, add" if hints else "Add"
    fix += " columns of numbers, dates, categories or text."
    return fault("num_features >= 1", "num_features", 0, " ".join([found, *hints, fix]))


def _check_not_empty(columns: Sequence[Column], num_rows: int, faults: Faults) -> None:
    """Add a single fault that lists all columns without values."""
    empty = [
        column.name
        for column in columns
        if column.num_missing == num_rows
        and not column.num_stray
        and not column.ignored
        and not NAMELESS.fullmatch(column.name)  # spreadsheets export empty columns
    ]
    if empty:
        faults.add(
            f"These features have no values: {', '.join(map(repr, empty))}. Write "
            f"ignore = {json.dumps(empty, ensure_ascii=False)}, or fill in their cells."
        )
