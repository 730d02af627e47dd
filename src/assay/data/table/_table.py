"""The interface for readers, and the tables that they return."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

__all__ = ["FileRows", "Reader", "Table"]


class FileRows(NamedTuple):
    """The rows of a file.

    Args:
        frame: the rows as read, before any conversion.
        notes: messages about how the file was read.
        separator: character between the cells of a delimited file; "" otherwise.
    """

    frame: pl.DataFrame
    notes: Sequence[str] = ()
    separator: str = ""


@dataclass(frozen=True)
class Table:
    """The result of a reader: the feature columns and, if known, the target column.

    A cell may contain more than one value: images and time series are cells of polars
    Array or List columns, so all readers return the same type. Before an image is
    decoded, its cell may instead contain the path or the bytes of its file.

    Args:
        frame: the rows as read, before any conversion.
        name: a short name for the data set.
        source: a description of the source of the rows.
        target: the target column, if the source specifies it.
        notes: messages about how the source was read.
        part_notes: messages about the training, validation and test sets in the source,
            which do not apply to new rows.
        num_test: number of rows at the end of `frame` that form a separate test set.
        kinds: column kinds by column name, if the source specifies them.
        task: the kind of task, if the source specifies it.
        channels: names of the channels of time series, if the source specifies them.
        folder: base folder of image paths; None for the working directory.
        target_array: name of the target array, which users may also pass as the
            target.
        positional: whether columns are identified by position, because the source does
            not name them.
        separator: character between the cells of a delimited file; "" otherwise.
    """

    frame: pl.DataFrame
    name: str
    source: str
    target: str | None = None
    notes: tuple[str, ...] = ()
    part_notes: tuple[str, ...] = ()
    num_test: int = 0
    kinds: Mapping[str, str] = field(default_factory=dict)
    task: str | None = None
    channels: tuple[str, ...] = ()
    folder: Path | None = None
    target_array: str | None = None
    positional: bool = False
    separator: str = ""


@dataclass(frozen=True)
class Reader:
    """Reads one kind of source, such as CSV files or pandas frames.

    Args:
        name: snake_case name in the registry.
        summary: a one-line description of the source.
        accepts: function that returns whether a source is of this kind, without opening
            it.
        read: function that reads a source, or raises an InputError that lists every
            fault.
    """

    name: str
    summary: str
    accepts: Callable[[Any], bool]
    read: Callable[[Any], Table]
