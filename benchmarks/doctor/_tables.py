"""The data sets of the benchmark, from scikit-learn."""

from functools import cache

import numpy as np

__all__ = ["read"]


@cache
def read(name: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the inputs, the targets and the number of classes of a data set."""
    from sklearn import datasets

    if name == "moons":
        return *datasets.make_moons(600, noise=0.2, random_state=0), 2
    if name == "circles":
        inputs, targets = datasets.make_circles(
            600, noise=0.1, factor=0.5, random_state=0
        )
        return np.concatenate([inputs, np.ones((600, 1))], axis=1), targets, 2
    if name == "friedman1":
        inputs, targets = datasets.make_friedman1(600, noise=1.0, random_state=0)
        return inputs, targets, 1
    bunch = getattr(datasets, f"load_{name}")()
    num_classes = len(getattr(bunch, "target_names", [1]))
    return bunch.data, bunch.target, num_classes
