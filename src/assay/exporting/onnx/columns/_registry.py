"""The registry of functions that prepare each kind of column in ONNX."""

from collections.abc import Callable
from typing import Any, NamedTuple

from assay.exporting.onnx._graph import Graph

__all__ = ["COLUMNS", "Prepared", "prepares"]


class Prepared(NamedTuple):
    """A prepared column.

    Args:
        values: name of the prepared values, which are all or part of the network's
            input.
        lengths: name of the array of sequence lengths (n,), int64; None if all steps
            are real.
        about: description of the values that users must pass.
        name: name of the graph input.
    """

    values: str
    about: str
    name: str
    lengths: str | None = None


Preparer = Callable[[Graph, Any], Prepared]
"""A function that maps (graph, encoder) to the prepared column."""

COLUMNS: dict[str, Preparer] = {}


def prepares(*kinds: str) -> Callable[[Preparer], Preparer]:
    """Register a function that prepares one or more kinds of columns."""

    def register(preparer: Preparer) -> Preparer:
        COLUMNS.update(dict.fromkeys(kinds, preparer))
        return preparer

    return register
