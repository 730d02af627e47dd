"""Predictions for new rows use the same preparation and the units of the target."""

import json

import numpy as np
import polars as pl
import pytest

import assay
from assay import InputError, Model, RunError, data, spec
from assay.records import RunFolder


def test_the_target_is_not_needed_and_the_order_of_columns_does_not_matter(
    cells_run, cells
):
    frame = cells()
    expected = cells_run.predict(frame)
    assert expected.shape == (60,)
    assert ((expected > 0) & (expected < 1)).all()
    features = frame.drop("kind")
    for form in (
        features,
        features.select(reversed(features.columns)),
        features.with_columns(unknown=pl.lit("new")),
        features.to_pandas(),
        data.load(frame, target="kind"),
    ):
        np.testing.assert_array_equal(cells_run.predict(form), expected)


def test_files_are_predicted(cells_run, cells, tmp_path):
    frame = cells().drop("kind")
    for name, write in (("a.csv", frame.write_csv), ("a.parquet", frame.write_parquet)):
        write(tmp_path / name)
        predicted = cells_run.predict(str(tmp_path / name))
        np.testing.assert_array_equal(predicted, cells_run.predict(frame))


def test_a_model_can_be_saved_to_any_folder(cells_run, cells, tmp_path):
    cells_run.model.save(str(tmp_path / "other"))
    model = Model.load(tmp_path / "other")
    frame = cells()
    np.testing.assert_array_equal(model.predict(frame), cells_run.predict(frame))


def test_a_prediction_is_the_network_computed_by_hand(prices_run, prices):
    """Compute the layers one by one, then convert to the target's unit."""
    model, frame = prices_run.model, prices()
    layers = model.members[0].parameters
    hidden, output = (layers[name] for name in sorted(layers))
    inputs = model.preparation.transform(frame).astype(np.float64)
    values = np.maximum(inputs @ hidden["kernel"] + hidden["bias"], 0)
    outputs = (values @ output["kernel"] + output["bias"])[:, 0]
    scale = model.preparation
    expected = outputs * scale.target_std + scale.target_mean
    np.testing.assert_allclose(prices_run.predict(frame), expected, rtol=1e-4)


def test_a_regression_predicts_in_the_unit_of_the_target(run_quickly, prices):
    frame = prices(area=np.linspace(20, 200, 60), price=np.linspace(1e5, 1e6, 60))
    fields = {"optimizer": spec.Adam(0.1), "regularizers": [], "num_epochs": 200}
    run = run_quickly(frame, **fields)
    predicted = run.predict(frame.drop("price"))
    assert predicted.dtype == np.float64
    np.testing.assert_allclose(predicted, frame["price"], atol=2e4)
    test = run.folder.read_npz("split.npz")["test"]
    error = (predicted - frame["price"].to_numpy())[test]
    assert run.test.metric == "rmse"
    assert run.test.value == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-6)
    assert run.summary["train"]["metric_value"] < 2e4


def test_missing_values_and_unseen_categories(cells_run, cells):
    frame = cells().drop("kind")
    row = frame.head(1)
    rows = pl.concat(
        [
            row,
            row.with_columns(size=pl.lit(None, pl.Float64)),
            row.with_columns(color=pl.lit("violet")),
            row.with_columns(color=pl.lit(None, pl.String)),
            row.clear(1),
        ]
    )
    predicted = cells_run.predict(rows)
    assert np.isfinite(predicted).all()
    # a category missing from train counts as a missing value
    assert predicted[2] == predicted[3]


def test_all_missing_columns_are_reported_together(cells_run, cells):
    frame = cells().drop("size", "color").rename({"age": "Age"})
    with pytest.raises(InputError) as caught:
        cells_run.predict(frame)
    (fault,) = caught.value.faults
    assert "columns are missing: ['size', 'age', 'color']" in fault
    assert "Did you mean 'Age' for 'age'?" in fault


def test_text_in_place_of_numbers_is_refused(cells_run, cells):
    frame = cells().with_columns(age=pl.lit("old"))
    with pytest.raises(InputError, match="'age' must contain numbers, but got 'old'"):
        cells_run.predict(frame)


@pytest.mark.parametrize("num_rows", [0, 1, 7, 9, 5000])
def test_any_number_of_rows(cells_run, cells, num_rows):
    """Rows are padded and predicted in blocks without changing the predictions."""
    frame = cells().drop("kind")
    rows = np.arange(num_rows) % len(frame)
    predicted = cells_run.predict(frame[rows])
    assert predicted.shape == (num_rows,)
    np.testing.assert_allclose(predicted, cells_run.predict(frame)[rows], rtol=1e-5)


def test_table_of_predictions_for_two_classes(cells_run, cells):
    frame = cells()
    table = cells_run.model.predict_frame(frame.drop("kind"))
    assert table.columns == ["prediction", "probability_benign", "probability_malign"]
    probabilities = cells_run.predict(frame)
    np.testing.assert_array_equal(table["probability_malign"], probabilities)
    total = table["probability_benign"] + table["probability_malign"]
    np.testing.assert_allclose(total, 1, rtol=1e-6)
    expected = np.where(probabilities > 0.5, "malign", "benign").tolist()
    assert table["prediction"].to_list() == expected
    assert set(expected) == {"malign", "benign"}


def test_table_of_predictions_for_more_classes_and_for_numbers(
    run_quickly, prices_run, prices
):
    run = run_quickly("iris")
    table = run.model.predict_frame("iris")
    names = ["setosa", "versicolor", "virginica"]
    assert table.columns == ["prediction", *(f"probability_{name}" for name in names)]
    probabilities = run.predict("iris")
    assert probabilities.shape == (150, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    likeliest = [names[place] for place in probabilities.argmax(axis=1)]
    assert table["prediction"].to_list() == likeliest
    numbers = prices_run.model.predict_frame(prices())
    assert numbers.columns == ["prediction"]
    np.testing.assert_array_equal(numbers["prediction"], prices_run.predict(prices()))


def test_a_saved_model_is_read_back_bit_for_bit(cells_run, cells, tmp_path):
    folder = RunFolder.create(tmp_path / "copy")
    cells_run.model.save(folder)
    back = Model.load(folder)
    assert back.training == cells_run.model.training
    assert back.members[0].iteration == cells_run.model.members[0].iteration
    for name in ("model/parameters.safetensors", "model/model.json"):
        assert folder.read_bytes(name) == cells_run.folder.read_bytes(name)
    frame = cells()
    np.testing.assert_array_equal(back.predict(frame), cells_run.predict(frame))


def test_a_model_of_another_version_is_refused(cells_run, tmp_path):
    folder = RunFolder.create(tmp_path / "copy")
    cells_run.model.save(folder)
    description = folder.read_json("model/model.json")
    folder.write_json("model/model.json", description | {"version": 2})
    with pytest.raises(RunError, match="has version 2, but this version .* 1"):
        Model.load(folder)
    folder.path_of("model/model.json").unlink()
    with pytest.raises(RunError, match="has no model/model.json"):
        Model.load(folder)
    with pytest.raises(RunError, match="contains no run and no model"):
        Model.load(RunFolder(tmp_path))


def test_a_saved_model_cannot_run_code(cells_run):
    """A saved model contains only arrays and JSON."""
    names = {path.name for path in (cells_run.path / "model").iterdir()}
    assert names == {"parameters.safetensors", "model.json"}
    json.loads((cells_run.path / "model" / "model.json").read_text())


def test_sequences_of_a_long_table_are_predicted_by_name():
    names = [f"s{i}" for i in range(40) for _ in range(3)]
    values = np.random.default_rng(0).normal(size=120)
    frame = pl.DataFrame(
        {"who": names, "x": values, "y": [i // 3 % 2 for i in range(120)]}
    )
    fields = {"target": "y", "task": "binary", "series_column": "who", "trials": 1}
    run = assay.train(frame, **fields, model="linear", num_epochs=2, runs=None)
    new = frame.drop("y").reverse()
    table = run.model.predict_frame(new)
    assert table.columns[:2] == ["who", "prediction"]
    assert table["who"].to_list() == [f"s{i}" for i in reversed(range(40))]
    again = run.model.predict_frame(frame.drop("y")).sort("who")
    assert (table.height, again.height) == (40, 40)
