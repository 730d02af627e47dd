"""Periodic embeddings stay at their numbers if other rows have other columns."""

import numpy as np
import polars as pl
import pytest

from assay import data, spec
from assay.data import Preparation
from assay.experiment import Experiment
from assay.experiment.prepare._positions import at_columns_of

NUM_ROWS = 80


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Three categories and a missing number that occur in a single row each."""
    kinds = ["a", "b"] * (NUM_ROWS // 2)
    for row in (3, 30, 60):
        kinds[row] = f"only in row {row}"
    x = np.random.default_rng(0).normal(size=(NUM_ROWS, 2)).round(3)
    before = [None, *x[1:, 0].tolist()]
    columns = {"before": before, "kind": kinds, "x": x[:, 1], "y": x[:, 1] * 2}
    return pl.DataFrame(columns)


def test_numbers_are_found_by_name(frame):
    dataset = data.load(frame, target="y")
    every, fewer = np.arange(NUM_ROWS), np.delete(np.arange(NUM_ROWS), [0, 3])
    before, after = (Preparation.fit(dataset, rows) for rows in (every, fewer))
    names = [[f.name for f in one.features] for one in (before, after)]
    assert [n.index("x") for n in names] == [7, 5]
    model = [spec.ISRU(), spec.PeriodicEmbedding((0, 7)), spec.PeriodicEmbedding((7,))]
    training = spec.Training(model=model)
    moved = at_columns_of(training, before, after).model
    assert [layer.to_data()["numbers"] for layer in moved[1:]] == [[0, 5], [7]]
    assert at_columns_of(training, before, before) is training


@pytest.mark.slow
def test_folds_without_a_category_are_trained(frame, tmp_path):
    tune = {"num_trials": 2}
    experiment = Experiment(data=frame, target="y", tune=tune, num_epochs=1, members=1)
    run = experiment.run(runs=tmp_path)
    notes = run.summary["tune"]["notes"]
    assert any("5-fold cross-validation" in note for note in notes)
