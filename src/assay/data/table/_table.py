"""What a source of examples is, and what it yields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

__all__ = ["Source", "Table"]


@dataclass(frozen=True)
class Table:
    """What a source yields: one row an example, one column a feature or the target.

    A cell may hold more than a value: an image or a series is a cell of a polars
    Array or List column, so that every source yields the same thing. An image may
    also be the path of its file, or its bytes, until it is decoded.

    Args:
        frame: the rows as read; nothing is converted yet.
        name: a short name for the data set.
        source: where it came from, in words.
        target: the target column, where the source knows it.
        notes: what was decided while reading.
        num_test: how many of the last rows came as a test part of their own.
        kinds: what columns hold, where the source knows it.
        task: the kind of task, where the source knows it.
        folder: what paths of images are relative to; None for the current one.
    """

    frame: pl.DataFrame
    name: str
    source: str
    target: str | None = None
    notes: tuple[str, ...] = ()
    num_test: int = 0
    kinds: Mapping[str, str] = field(default_factory=dict)
    task: str | None = None
    folder: Path | None = None


@dataclass(frozen=True)
class Source:
    """One kind of place that examples come from.

    Args:
        name: snake_case name in the registry.
        summary: one line on what it reads.
        accepts: whether a given thing is of this kind; cheap, opens nothing.
        read: reads it; raises InputError with every fault found.
    """

    name: str
    summary: str
    accepts: Callable[[Any], bool]
    read: Callable[[Any], Table]
