"""Fixtures for small estimators."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import assay


@pytest.fixture(scope="session")
def quick() -> dict[str, Any]:
    """Return the parameters of a small network that compiles quickly."""
    return {
        "model": [assay.Dense(8), assay.Tanh()],
        "optimizer": assay.Adam(0.05),
        "regularizers": [],
        "batch_size": "all",
        "num_epochs": 40,
        "random_state": 0,
    }


@pytest.fixture(scope="session")
def classes() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Return a function that draws inputs (n, 3), and classes that depend on them."""

    def draw(num_rows: int = 40, num_classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
        X = np.random.default_rng(0).normal(size=(num_rows, 3))
        cuts = np.quantile(X[:, 0], np.arange(1, num_classes) / num_classes)
        return X, np.digitize(X[:, 0], cuts)

    return draw
