"""What a check looks at."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assay.data.columns._column import Column
from assay.data.dataset._dataset import Dataset
from assay.data.splits._split import Split
from assay.data.table._chunks import LOOKED_ROWS, chunk_rows

__all__ = ["SHOWN", "View", "listed", "sampled"]

SHOWN = 5
"""Names and rows that a message lists before it only counts."""


@dataclass(frozen=True)
class View:
    """A data set, how it is split, and the size of the model, where known."""

    dataset: Dataset
    split: Split | None = None
    num_parameters: int | None = None

    @cached_property
    def known_rows(self) -> np.ndarray:
        """Rows whose targets may be looked at: all but the sealed ones, ascending."""
        if self.split is None:
            return np.arange(self.dataset.num_examples)
        return np.sort(np.concatenate([self.split.train, self.split.val]))

    @property
    def features(self) -> list[Column]:
        """The columns that become inputs."""
        return [column for column in self.dataset.columns if column.used]


def sampled(view: View) -> View:
    """Return a view with all its rows in memory: of streamed ones, some."""
    dataset, split = view.dataset, view.split
    if dataset.stream is None:
        return view
    num_rows = dataset.num_examples
    most = min(num_rows, LOOKED_ROWS, chunk_rows(dataset.width))
    rows = np.linspace(0, num_rows - 1, most).astype(np.int64)
    if split is not None:
        parts = {
            name: np.flatnonzero(np.isin(rows, held))
            for name, held in split.parts.items()
        }
        split = replace(split, **parts)
    few = replace(
        dataset,
        frame=dataset.take([column.name for column in dataset.columns], rows),
        target=dataset.target[rows],
        stream=None,
    )
    return View(few, split, view.num_parameters)


def listed(names: list[str]) -> str:
    """Word a list of names, shortened."""
    told = ", ".join(repr(name) for name in names[:SHOWN])
    return told if len(names) <= SHOWN else f"{told} and {len(names) - SHOWN} more"
