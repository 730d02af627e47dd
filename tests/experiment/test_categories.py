"""All networks for tables embed a category with many values."""

import numpy as np
import polars as pl
import pytest

import assay


@pytest.fixture(scope="module")
def frame():
    """Draw 40 towns, each with a different price."""
    rng = np.random.default_rng(0)
    town = rng.integers(0, 40, 400)
    price = rng.normal(size=40)[town] * 50 + 5 * rng.normal(size=400)
    return pl.DataFrame({"town": [f"t{i}" for i in town], "price": price})


@pytest.mark.parametrize("model", ["linear", [assay.Dense(8), assay.Tanh()]])
def test_codes_are_embedded(frame, model, tmp_path):
    fields = {"model": model, "num_epochs": 60, "trials": 1, "runs": tmp_path}
    run = assay.train(frame, target="price", optimizer=assay.Adam(0.02), **fields)
    layers = run.summary["model"]["layers"]
    assert layers[0]["kind"] == "embed_columns"
    assert run.model.predict({"town": ["t1", "t2", "unheard of", None]}).shape == (4,)
    mean, _ = run.summary["baselines"]
    assert mean["name"] == "mean"
    assert run.test.value < 0.5 * mean["value"]
