"""What a data set's columns are: the target, what is ignored, what becomes inputs."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.data.columns._column import KINDS, Column, read_column, rescue, set_apart
from assay.data.table._table import Table

__all__ = [
    "check_kinds",
    "check_names",
    "find_target",
    "read_features",
]

TARGET_NAMES = ("target", "label", "class", "y")
"""Column names that say they are the target."""

_SHOWN_COLUMNS = 30


def find_target(table: Table, target: str | None) -> tuple[str, list[str]]:
    """Return the name of the target, and notes on how it was found.

    Raises:
        InputError: there is no such column, or it must be named.
    """
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
    elif names and all(table.kinds.get(name) == "image" for name in names):
        told = "The images have no classes. Put the images of each class in a "
        told += "subfolder of its own."
    elif all(table.kinds.get(name) in ("image", "sequence") for name in names):
        told = "The series have no targets. Add the class or the number to predict "
        told += "to each: y in an archive, '@classLabel true' in a .ts file."
    elif len(names) == 1:
        told = f"There is no column but {names[0]!r}. Add a column to predict, with a "
        told += "comma, semicolon or tab between the cells."
    raise InputError(fault("target names a column", "target", target, told))


def check_names(
    frame: pl.DataFrame,
    target: str,
    asked: Mapping[str, Sequence[str] | Mapping[str, str]],
    faults: Faults,
) -> None:
    """Collect names that the user wrote and that are no feature's."""
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


def check_kinds(kinds: Mapping[str, str], faults: Faults) -> None:
    """Collect kinds of columns that there are not."""
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


def read_features(
    given: Iterable[pl.Series],
    ignore: Sequence[str],
    kinds: Mapping[str, str],
    *,
    faults: Faults,
    on_read: Callable[[pl.Series], pl.Series] = lambda values: values,
) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    """Read columns one by one; return what is kept of them, and what they hold.

    Args:
        given: the columns as they came.
        ignore: names of those that are no features.
        kinds: what columns hold by the user's word.
        faults: collects what is wrong with them.
        on_read: is given the values of each column, and returns what is to be kept.
    """
    kept, columns, infinite, broken, num_rows = [], [], {}, Faults(), 0
    for series in given:
        try:
            values, column = read_column(series, kinds.get(series.name))
        except InputError as error:
            broken.extend(error.faults)
            continue
        num_rows = len(values)
        infinite[column.name] = _infinite(values)
        columns.append(replace(column, ignored=column.name in ignore))
        kept.append(on_read(values))
    features = pl.DataFrame(kept)
    columns = set_apart(rescue(columns, features), kinds, broken)
    if not broken.messages:
        told = [infinite[column.name] for column in columns if column.used]
        faults.extend(message for message in told if message)
        _check_any(columns, num_rows, faults)
    faults.extend(broken.messages)
    return features, tuple(columns)


def _infinite(values: pl.Series) -> str:
    """Return what is wrong with a column that holds infinite numbers, or ""."""
    if not (values.dtype.is_float() and values.is_infinite().any()):
        return ""
    rows = values.is_infinite().arg_true()
    return fault(
        f"every {values.name!r} is finite",
        values.name,
        values[rows[0]],
        f"{len(rows)} rows are not, the first is row {rows[0]}. "
        "Correct them, or leave them empty.",
    )


def _check_any(columns: Sequence[Column], num_rows: int, faults: Faults) -> None:
    if any(column.used for column in columns):
        _check_held(columns, num_rows, faults)
        return
    told = "; ".join(f"{c.name}: {c.kind}, {c.reason}" for c in columns)
    faults.add(
        fault(
            "num_features >= 1",
            "num_features",
            0,
            f"No column can be used ({told or 'there is none but the target'}).",
        )
    )


def _check_held(columns: Sequence[Column], num_rows: int, faults: Faults) -> None:
    """Tell all columns at once that hold no value in any row."""
    empty = [
        column.name
        for column in columns
        if column.num_missing == num_rows
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
