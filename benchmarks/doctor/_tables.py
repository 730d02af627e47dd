"""The data sets of the benchmark, from scikit-learn."""

from functools import cache

import numpy as np

__all__ = ["read"]


_NORMAL = {"overlap": (1.5, 0.5), "uneven": (2.5, 0.2)}
"""Distance between the centers of the two clouds and share of points in the second."""


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
    if name in _NORMAL:
        return *_two_clouds(*_NORMAL[name]), 2
    if name == "friedman2":
        inputs, targets = datasets.make_friedman2(500, noise=100, random_state=0)
        return inputs, targets, 1
    if name == "blobs":
        inputs, targets = datasets.make_blobs(
            500, n_features=6, centers=4, cluster_std=4, random_state=0
        )
        return inputs, targets, 4
    if name == "hypercube":
        inputs, targets = datasets.make_classification(
            700, n_features=12, n_informative=6, n_classes=3, random_state=0
        )
        return inputs, targets, 3
    bunch = getattr(datasets, f"load_{name}")()
    num_classes = len(getattr(bunch, "target_names", [1]))
    return bunch.data, bunch.target, num_classes


def _two_clouds(distance: float, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return two overlapping clouds of points, which cannot be separated perfectly."""
    rng = np.random.default_rng(0)
    targets = (rng.random(600) < share).astype(np.int64)
    inputs = rng.normal(size=(600, 4))
    inputs[:, 0] += distance * targets
    return inputs, targets
