"""The model `realmlp`, end to end."""

import numpy as np
import polars as pl
import pytest

import assay


def table():
    """Return a table whose class depends on one number in bands, and on a category."""
    rng = np.random.default_rng(0)
    number, other = rng.uniform(0, 4, 200), rng.normal(size=200)
    city = np.where(rng.random(200) < 0.5, "Bern", "Basel")
    kind = np.where((np.floor(number) % 2 == 0) ^ (city == "Bern"), "a", "b")
    return pl.DataFrame({"n": number, "other": other, "city": city, "kind": kind})


def train(**fields):
    """Train briefly."""
    fields = {"target": "kind", "trials": 1, "num_epochs": 20, "runs": None} | fields
    return assay.train(table(), model="realmlp", **fields)


def test_it_embeds_numbers_scales_inputs_and_averages_eight_members():
    run = train()
    layers = [layer["kind"] for layer in run.summary["model"]["layers"]]
    assert layers[:4] == ["isru", "periodic_embedding", "learned_scale", "dense"]
    assert run.summary["model"]["layers"][1]["numbers"] == [0, 1]  # not the category
    assert len(run.model.members) == 8
    assert run.model.predict(table()).shape == (200,)


def test_fields_of_the_user_stay():
    run = train(members=2, optimizer=assay.SGD(0.05), regularizers=[])
    hyperparameters = run.summary["hyperparameters"]
    assert len(run.model.members) == 2
    assert hyperparameters["optimizer.learning_rate"] == 0.05
    assert not [name for name in hyperparameters if "strength" in name]


def test_it_is_for_tables():
    rng = np.random.default_rng(0)
    images = rng.random((40, 8, 8, 1)).astype(np.float32), np.arange(40) % 2
    with pytest.raises(assay.InputError, match="'realmlp' is for tables"):
        assay.train(images, model="realmlp", runs=None)


@pytest.fixture(scope="module")
def regression(tmp_path_factory):
    """Train on a line with outliers, plus a wave; some cities are missing in folds."""
    rng = np.random.default_rng(0)
    number, other = rng.standard_t(3, 150) * 2, rng.normal(size=150)
    city = np.where(rng.random(150) < 0.03, "Bern", "Basel")
    y = 5 * number + np.sin(2 * other) + (city == "Bern")
    frame = pl.DataFrame({"n": number, "other": other, "city": city, "y": y})
    fields = {"target": "y", "num_epochs": 4, "members": 3}
    return assay.train(frame, trials=4, runs=tmp_path_factory.mktemp("runs"), **fields)


def test_in_regression_it_learns_what_ridge_regression_leaves(regression):
    summary = regression.summary
    assert summary["hyperparameters"]["initial_values"] == "ridge"
    (block, _) = summary["model"]["layers"]
    assert [layer["kind"] for layer in block["layers"]][-1] == "dense"
    paths = [m.parameters["residual1"]["kernel"] for m in regression.model.members]
    assert np.ptp(paths, axis=0).max() == 0  # frozen


def test_members_have_the_best_settings_in_turn(regression):
    tune = regression.summary["tune"]
    assert tune["member_trials"][0] == tune["best_trial"]
    assert len(tune["member_trials"]) == 3


def test_a_model_with_a_linear_path_is_read_back(regression):
    frame = {"n": [0.0, 300.0], "other": [0.0, 0.0], "city": ["Bern", "Basel"]}
    predicted = assay.load(regression.folder.path).model.predict(frame)
    np.testing.assert_allclose(predicted, regression.model.predict(frame), rtol=1e-5)
    assert predicted[1] == pytest.approx(1500, rel=0.05)  # it extrapolates the line
