"""What a check looks at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assay.data._column import Column
from assay.data._dataset import Dataset
from assay.data._split import Split

__all__ = ["SHOWN", "View", "listed"]

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


def listed(names: list[str]) -> str:
    """Word a list of names, shortened."""
    told = ", ".join(repr(name) for name in names[:SHOWN])
    return told if len(names) <= SHOWN else f"{told} and {len(names) - SHOWN} more"
