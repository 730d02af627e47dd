"""Fixtures for small estimators and for counting compilations."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np
import pytest

import assay


@pytest.fixture(scope="session")
def quick() -> dict[str, Any]:
    """Return parameters of a network that is small and compiles quickly."""
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
    """Return a function that draws inputs (n, 3) and classes that depend on them."""

    def draw(num_rows: int = 40, num_classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
        X = np.random.default_rng(0).normal(size=(num_rows, 3))
        cuts = np.quantile(X[:, 0], np.arange(1, num_classes) / num_classes)
        return X, np.digitize(X[:, 0], cuts)

    return draw


@pytest.fixture
def compilations() -> Iterator[list[float]]:
    """Return a list that grows by one entry with each compilation."""
    found: list[float] = []

    def note(event: str, seconds: float, **details: Any) -> None:
        if event == "/jax/core/compile/backend_compile_duration":
            found.append(seconds)

    jax.monitoring.register_event_duration_secs_listener(note)
    yield found
    jax.monitoring.unregister_event_duration_listener(note)
