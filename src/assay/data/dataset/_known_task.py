"""Builds a data set from a table of features and a target with a known task."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from assay._errors import Faults
from assay.data.columns._fingerprint import Fingerprint
from assay.data.columns._parse import tidy
from assay.data.columns._select import check_kinds, read_features
from assay.data.columns.target._task import Task
from assay.data.dataset._dataset import Dataset

__all__ = ["of_known_task"]


def of_known_task(
    features: pl.DataFrame,
    target: np.ndarray,
    task: Task,
    *,
    kinds: Mapping[str, str],
    weights: np.ndarray | None = None,
) -> Dataset:
    """Build a data set from features and a target that needs no conversion.

    Unlike `load`, this function neither infers the task nor checks the target, so rare
    classes are allowed. Columns without any values are ignored.

    Args:
        features: the columns before conversion.
        target: class indices (n,) int32, or quantities (n,) float64.
        task: the prediction task.
        kinds: column kinds that override the inferred kinds, by column name.
        weights: positive weight of each example in the cost (n,); None for equal
            weights.

    Raises:
        InputError: the features are invalid; the message lists every fault.

    Example:
        >>> features = pl.DataFrame({"size": [1.0, 2.0, 4.0]})
        >>> task = Task("regression", "price")
        >>> dataset = of_known_task(features, np.array([2.0, 4.0, 8.0]), task, kinds={})
        >>> dataset.num_examples, dataset.num_features
        (3, 1)
    """
    faults = Faults()
    check_kinds(kinds, faults)
    faults.raise_if_any()
    columns = [tidy(cells) for cells in features.get_columns()]
    empty = [c.name for c in columns if c.null_count() == len(c)]
    frame, described = read_features(columns, empty, kinds, faults=faults)
    faults.raise_if_any()
    fingerprint = Fingerprint(len(target))
    for values in (*frame.get_columns(), pl.Series(task.target, target)):
        fingerprint.add(values)
    return Dataset(
        "table",
        source="arrays",
        frame=frame,
        target=target,
        task=task,
        columns=described,
        fingerprint=fingerprint.hex,
        weights=weights,
    )
