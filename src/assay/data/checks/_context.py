"""The input to the checks: a data set, its split and the size of the model."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assay.data.columns._column import Column
from assay.data.dataset._dataset import Dataset
from assay.data.splits._split import Split
from assay.data.table._chunks import LOOKED_ROWS, chunk_rows

__all__ = [
    "MAX_SHOWN",
    "CheckContext",
    "join_names",
    "with_rows_in_memory",
    "without_column",
]

MAX_SHOWN = 5
"""Maximum number of names or rows listed in a message."""


@dataclass(frozen=True)
class CheckContext:
    """A data set with its split and the number of model parameters, if known.

    Args:
        dataset: the data set to check.
        split: the split of the data set; None if it has not been split.
        num_parameters: number of model parameters; None before a model is built.
    """

    dataset: Dataset
    split: Split | None = None
    num_parameters: int | None = None

    @cached_property
    def known_rows(self) -> np.ndarray:
        """Sorted row numbers outside the test set. Checks may use their targets."""
        if self.split is None:
            return np.arange(self.dataset.num_examples)
        return np.sort(np.concatenate([self.split.train, self.split.val]))

    @property
    def features(self) -> list[Column]:
        """The columns used as inputs."""
        return [column for column in self.dataset.columns if column.used]

    def features_of_kind(self, kind: str) -> list[Column]:
        """Return the input columns of the given kind."""
        return [column for column in self.features if column.kind == kind]


def with_rows_in_memory(context: CheckContext) -> CheckContext:
    """Return the context, reduced to a sample in memory if its rows are streamed."""
    dataset, split = context.dataset, context.split
    if dataset.stream is None:
        return context
    num_rows = dataset.num_examples
    sample_size = min(num_rows, LOOKED_ROWS, chunk_rows(dataset.width))
    rows = np.linspace(0, num_rows - 1, sample_size).astype(np.int64)
    if split is not None:
        parts = {
            name: np.flatnonzero(np.isin(rows, part_rows))
            for name, part_rows in split.parts.items()
        }
        split = replace(split, **parts)
    sample = replace(
        dataset,
        frame=dataset.take([column.name for column in dataset.columns], rows),
        target=dataset.target[rows],
        stream=None,
    )
    return CheckContext(sample, split, context.num_parameters)


def without_column(context: CheckContext, name: str) -> CheckContext:
    """Return the context with the given column ignored."""
    dataset = context.dataset
    columns = tuple(
        replace(column, ignored=column.ignored or column.name == name)
        for column in dataset.columns
    )
    return replace(context, dataset=replace(dataset, columns=columns))


def join_names(names: list[str]) -> str:
    """Join names into a phrase, such as "'a', 'b' and 3 more"."""
    shown = ", ".join(repr(name) for name in names[:MAX_SHOWN])
    num_more = len(names) - MAX_SHOWN
    return f"{shown} and {num_more} more" if num_more > 0 else shown
