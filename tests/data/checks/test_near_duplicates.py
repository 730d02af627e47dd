"""Distances to the nearest rows do not count exact copies."""

import numpy as np
import polars as pl
import pytest

from assay.data import load, look, split
from assay.data.checks._near_duplicates import _nearest


@pytest.mark.parametrize("num_copies", [0, 50, 150])  # few, more than are expected, all
def test_distances_leave_out_copies(num_copies):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(150, 3))
    points[:num_copies] = points[0]
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    distances[distances == 0] = np.inf
    expected = np.sort(distances, axis=1)[:, [0, 9, 19]]
    np.testing.assert_allclose(_nearest(points, points), expected, rtol=1e-9)


LAYOUTS = [(240, 1, 2, 0), (240, 2, 2, 0), (240, 2, 3, 0), (240, 1, 1, 1)]
"""Numbers of rows and of columns: continuous, categorical, and whole numbers."""


def _table(rng, num_rows, num_numbers, num_categories, num_counts):
    columns = {f"x{i}": rng.normal(size=num_rows) for i in range(num_numbers)}
    for i in range(num_categories):
        columns[f"color {i}"] = rng.choice(["red", "green", "blue", "white"], num_rows)
    for i in range(num_counts):
        columns[f"count {i}"] = rng.integers(1, 6, num_rows)
    target = np.where(columns["x0"] + rng.normal(size=num_rows) > 0, "yes", "no")
    return pl.DataFrame({**columns, "target": target})


def _near_duplicates(frame):
    dataset = load(frame, target="target")
    findings = look(dataset, split(dataset, seed=0))
    return [finding for finding in findings if finding.code == "near_duplicates"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_independent_rows_with_equal_categories_are_not_copies(layout):
    for seed in range(4):
        assert not _near_duplicates(_table(np.random.default_rng(seed), *layout))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_near_copies_with_equal_categories_are_found(layout):
    rng = np.random.default_rng(0)
    rows = _table(rng, *layout).head(120)
    noise = pl.Series(rng.normal(0, 1e-4, size=120))
    copies = rows.with_columns(pl.col("^x.$") + pl.lit(noise))
    (finding,) = _near_duplicates(pl.concat([rows, copies]))
    assert finding.numbers["share"] > 0.5
