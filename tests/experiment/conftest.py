"""Fixtures for small data sets and for experiments that finish within a second."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import assay
from assay import spec

NUM_ROWS = 60


def cells_frame(num_rows: int = NUM_ROWS, **columns: Any) -> pl.DataFrame:
    """Draw a table of cells with numbers, words, missing values and two classes."""
    rng = np.random.default_rng(0)
    size, age = rng.normal(10, 3, num_rows), rng.integers(1, 90, num_rows)
    sick = size + rng.normal(0, 1, num_rows) > 10
    table: dict[str, Any] = {
        "size": [None if row % 11 == 0 else value for row, value in enumerate(size)],
        "age": age,
        "color": [("red", "green", "blue")[row % 3] for row in range(num_rows)],
        "active": [bool(row % 2) for row in range(num_rows)],
        "kind": np.where(sick, "malign", "benign"),
    }
    return pl.DataFrame(table | columns)


@pytest.fixture(scope="session")
def cells() -> Callable[..., pl.DataFrame]:
    """A function that draws the table of cells."""
    return cells_frame


def prices_frame(num_rows: int = NUM_ROWS, **columns: Any) -> pl.DataFrame:
    """Draw a table whose target is a number far from 0."""
    rng = np.random.default_rng(1)
    area, rooms = rng.uniform(20, 200, num_rows), rng.integers(1, 9, num_rows)
    price = 40_000 + 3_000 * area + rng.normal(0, 20_000, num_rows)
    return pl.DataFrame({"area": area, "rooms": rooms, "price": price} | columns)


@pytest.fixture(scope="session")
def prices() -> Callable[..., pl.DataFrame]:
    """A function that draws the table of prices."""
    return prices_frame


QUICK: dict[str, Any] = {
    "model": "linear",
    "num_epochs": 3,
    "batch_size": "all",
    "tune": spec.Tune(num_trials=1),
}


def quick_experiment(data: Any, **changes: Any) -> assay.Experiment:
    """Return a short experiment with a linear network, one trial and three epochs."""
    if isinstance(data, pl.DataFrame) and "target" not in changes:
        changes["target"] = data.columns[-1]
    return assay.Experiment(data=data, **(QUICK | changes))


@pytest.fixture(scope="session")
def make_experiment() -> Callable[..., assay.Experiment]:
    """A function that creates a quick experiment."""
    return quick_experiment


@pytest.fixture
def run_quickly(tmp_path: Path) -> Callable[..., assay.Run]:
    """A function that runs a quick experiment in the test's folder."""

    def run(data: Any, **changes: Any) -> assay.Run:
        options = {n: changes.pop(n) for n in ("out", "observer") if n in changes}
        runs = changes.pop("runs", tmp_path / "runs")
        return quick_experiment(data, **changes).run(runs=runs, **options)

    return run


SEARCHED: dict[str, Any] = {
    "model": [spec.Dense(4), spec.ReLU(), spec.Dropout(spec.Uniform(0.0, 0.5))],
    "optimizer": spec.Adam(spec.Log(1e-3, 1e-1)),
    "batch_size": 16,
    "num_epochs": 4,
    "tune": spec.Tune(num_trials=3, group_size=2),
    "seed": 7,
}


@pytest.fixture(scope="session")
def searched() -> dict[str, Any]:
    """The fields of an experiment that tries three settings of a small network."""
    return SEARCHED


@pytest.fixture(scope="session")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> assay.Run:
    """A finished quick run on the table of cells."""
    folder = tmp_path_factory.mktemp("quick")
    return quick_experiment(cells_frame()).run(out=folder / "runs" / "quick-1")


@pytest.fixture(scope="session")
def cells_run(tmp_path_factory: pytest.TempPathFactory) -> assay.Run:
    """A finished run on the table of cells, with a search of three trials."""
    folder = tmp_path_factory.mktemp("cells")
    experiment = quick_experiment(cells_frame(), **SEARCHED)
    return experiment.run(out=folder / "runs" / "cells-1")


@pytest.fixture(scope="session")
def prices_run(tmp_path_factory: pytest.TempPathFactory) -> assay.Run:
    """A finished run on the table of prices, with a search of three trials."""
    folder = tmp_path_factory.mktemp("prices")
    experiment = quick_experiment(prices_frame(), **SEARCHED)
    return experiment.run(out=folder / "runs" / "prices-1")


@pytest.fixture(scope="session")
def assert_same_tree() -> Callable[[Any, Any], None]:
    """Return a function that fails unless two trees are bit-for-bit equal."""
    import jax

    def same(one: Any, other: Any) -> None:
        jax.tree.map(np.testing.assert_array_equal, one, other)

    return same
