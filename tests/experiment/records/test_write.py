"""The records of a run are complete, readable and reproducible bit for bit."""

import json
import math
import re

import numpy as np
import pytest
from safetensors.numpy import load as read_safetensors

import assay
from assay import spec
from assay.records import (
    EVENTS,
    SEVERITIES,
    summary_faults,
    to_plain,
    without_times,
)
from assay.spec import parse_space

KEYS = {
    *("assay", "run", "task", "data", "split", "model", "hyperparameters", "tune"),
    *("refit", "test", "metrics", "baselines", "train", "verdict", "findings"),
    "timings",
}
PARTS = {
    "data": {"source", "num_examples", "num_features", "classes", "fingerprint"},
    "split": {"train", "val", "test", "by", "hash"},
    "model": {"layers", "num_parameters"},
    "tune": {"num_trials", "best_val", "metric"},
    "refit": {"num_examples", "epochs"},
    "test": {"metric", "value", "interval", "level", "num_examples", "openings"},
    "train": {"cost", "metric_value"},
    "timings": {"total_seconds", "tune_seconds", "refit_seconds", "test_seconds"},
}
BIT_FOR_BIT = {
    *("experiment.toml", "data.json", "split.npz", "iterations.parquet"),
    *("epochs.parquet", "model/model.json", "model/parameters.safetensors"),
}


@pytest.mark.parametrize("name", ["cells_run", "prices_run"])
def test_summary_has_its_documented_form(request, name):
    run = request.getfixturevalue(name)
    summary = json.loads((run.path / "run.json").read_text())
    assert summary_faults(summary) == []
    assert set(summary) >= KEYS
    for part, names in PARTS.items():
        assert set(summary[part]) >= names, part
    assert summary["run"] == run.path.name
    assert summary["assay"] == assay.__version__
    assert summary["verdict"] in ("fits", "underfits", "overfits")
    assert summary["test"]["level"] == 0.95
    assert summary["metrics"][summary["test"]["metric"]]["value"] == run.test.value
    names = [baseline["name"] for baseline in summary["baselines"]]
    assert len(names) == 2
    for baseline in summary["baselines"]:
        assert {"name", "value", "interval"} <= set(baseline)
    for finding in summary["findings"]:
        assert finding["severity"] in SEVERITIES
    stages = dict(summary["timings"])
    total = stages.pop("total_seconds")
    assert sum(stages.values()) <= total + 0.01  # measured by two clocks


def test_summary_describes_the_model(cells_run):
    layers = cells_run.summary["model"]["layers"]
    assert [layer["kind"] for layer in layers] == ["dense", "relu", "dropout", "dense"]
    assert len({layer["name"] for layer in layers}) == 4
    arrays = read_safetensors(
        cells_run.folder.read_bytes("model/parameters.safetensors")
    )
    sizes = [a.size for name, a in arrays.items() if name.startswith("parameters/")]
    assert sum(sizes) == cells_run.summary["model"]["num_parameters"]
    assert cells_run.model.num_parameters == sum(sizes)


def test_every_hyperparameter_is_in_the_summary(cells_run):
    recorded = cells_run.summary["hyperparameters"]
    expected = {
        *("model[0].kind", "model[0].units", "model[2].rate", "cost.kind"),
        *("optimizer.kind", "optimizer.learning_rate", "optimizer.beta1"),
        *("optimizer.beta2", "optimizer.epsilon", "schedule.kind", "class_weights"),
        *("batch_size", "num_epochs", "precision"),
        *("regularizers[0].kind", "regularizers[0].strength"),
        *("regularizers[1].kind", "regularizers[1].patience_epochs"),
    }
    assert set(recorded) >= expected
    assert recorded["batch_size"] == 16
    assert recorded["num_epochs"] == 4
    leaves = to_plain(list(cells_run.model.training.leaves()))
    assert recorded == {path: value for path, _, value in leaves if value is not None}
    assert not [value for value in recorded.values() if parse_space(str(value))]


def test_resolved_has_a_value_for_every_field(cells_run):
    resolved = cells_run.folder.read_json("resolved.json")
    experiment = resolved["experiment"]
    assert resolved["seed"] == experiment["seed"] == 7
    assert "cpu" in resolved["device"].lower()
    assert set(resolved["versions"]) >= {"python", "assay", "jax", "flax", "optax"}
    again = spec.Experiment(**experiment)
    assert "auto" not in (again.cost, again.batch_size, again.num_epochs)
    assert again.regularizers != "auto"


def test_the_deciding_metric_is_known_before_the_result(cells_run):
    data = cells_run.folder.read_json("data.json")
    assert data["metric"] == cells_run.summary["test"]["metric"]


def test_events_are_the_course_of_the_run(cells_run):
    events = cells_run.folder.events()
    assert {e["kind"] for e in events} <= set(EVENTS)
    started = [e["stage"] for e in events if e["kind"] == "stage_started"]
    finished = [e["stage"] for e in events if e["kind"] == "stage_finished"]
    assert started == finished == ["data", "tune", "refit", "test"]
    trials = [e for e in events if e["kind"] == "trial"]
    assert [(e["trial"], e["state"]) for e in trials] == [
        (number, "complete") for number in range(3)
    ]
    findings = [e["finding"] for e in events if e["kind"] == "finding"]
    assert findings == cells_run.summary["findings"]


def test_iterations_and_epochs_are_tables(cells_run):
    iterations = cells_run.folder.read_parquet("iterations.parquet")
    epochs = cells_run.folder.read_parquet("epochs.parquet")
    assert list(iterations) == [
        *("trial", "iteration", "cost", "gradient_norm", "learning_rate")
    ]
    assert list(epochs) == [
        *("trial", "epoch", "train_cost", "train_score", "val_cost", "val_score")
    ]
    assert set(iterations["trial"]) == set(epochs["trial"]) == {-1, 0, 1, 2}
    for number in range(3):
        steps = iterations["iteration"][iterations["trial"] == number]
        np.testing.assert_array_equal(steps, np.arange(1, 4 * 3 + 1))
        passes = epochs["epoch"][epochs["trial"] == number]
        np.testing.assert_array_equal(passes, np.arange(1, 5))
    assert np.isfinite(iterations["cost"]).all()
    assert cells_run.summary["train"]["cost"] == pytest.approx(
        epochs["train_cost"][epochs["trial"] == -1][-1]
    )


def test_a_loaded_run_equals_the_run(cells_run, cells):
    again = assay.load(cells_run.path)
    assert again.path == cells_run.path
    assert again.summary == cells_run.summary
    assert again.test == cells_run.test
    assert again.findings == cells_run.findings
    assert repr(again) == repr(cells_run)
    assert again._repr_html_() == cells_run._repr_html_()
    np.testing.assert_array_equal(again.predict(cells()), cells_run.predict(cells()))
    assert again.model.training == cells_run.model.training
    assert again.model.preparation == cells_run.model.preparation


def test_missing_numbers_are_nan(cells_run, tmp_path):
    folder = type(cells_run.folder).create(tmp_path / "a-1")
    summary = json.loads(json.dumps(cells_run.summary))
    summary["test"] |= {"value": None, "interval": [None, 0.5]}
    folder.write_summary(summary)
    test = assay.load(tmp_path / "a-1").test
    assert math.isnan(test.value)
    assert math.isnan(test.interval[0])
    assert test.interval[1] == 0.5


def files_of(run):
    """Return the names of all files that form the record of a run."""
    paths = [path for path in run.path.rglob("*") if path.is_file()]
    names = {path.relative_to(run.path).as_posix() for path in paths}
    return names - {"study.db"}  # contains clock times


def timeless(run, name):
    """Return the content of a file of a run without times."""
    if name.endswith(".jsonl"):
        lines = run.folder.read_text(name).splitlines()
        return [without_times(json.loads(line)) for line in lines]
    if name.endswith(".json") and not name.startswith("model/"):
        return without_times(run.folder.read_json(name))
    if name == "report.html":  # it also names its folder in commands
        page = run.folder.read_text(name).replace(str(run.path), "RUN")
        start, data, end = re.split('(?<="application/json">)([^<]*)', page)
        return start, without_times(json.loads(data)), end
    return run.folder.read_bytes(name)


def test_one_seed_gives_the_same_records_bit_for_bit(
    cells_run, run_quickly, cells, searched, tmp_path
):
    again = run_quickly(cells(), out=tmp_path / "runs" / "cells-1", **searched)
    names = files_of(cells_run)
    assert files_of(again) == names
    assert names >= BIT_FOR_BIT | {"run.json", "resolved.json", "events.jsonl"}
    for name in sorted(names):
        assert timeless(again, name) == timeless(cells_run, name), name


def test_another_seed_gives_other_records(cells_run, run_quickly, cells, searched):
    other = run_quickly(cells(), **(searched | {"seed": 8}))
    assert other.summary["split"]["hash"] != cells_run.summary["split"]["hash"]
    values = [event["hyperparameters"] for event in other.folder.events("trial")]
    before = [event["hyperparameters"] for event in cells_run.folder.events("trial")]
    assert values[0] == before[0]  # the middle of each space
    assert values[1] != before[1]
    name = "model/parameters.safetensors"
    assert other.folder.read_bytes(name) != cells_run.folder.read_bytes(name)


def test_a_recorded_experiment_can_be_run_again(run_quickly, cells, searched, tmp_path):
    cells().write_csv(tmp_path / "cells.csv")
    fields = searched | {"split": spec.Split(by="random"), "target": "kind"}
    first = run_quickly(str(tmp_path / "cells.csv"), **fields)
    read = spec.read_data(first.path / "experiment.toml")
    assert set(read) == {"data", "target", "split", *searched}
    again = assay.Experiment(**read)
    assert again.optimizer == searched["optimizer"]
    second = again.run(runs=tmp_path / "again")
    assert second.summary["metrics"] == first.summary["metrics"]
    assert second.summary["hyperparameters"] == first.summary["hyperparameters"]


def test_every_form_of_a_table_gives_the_same_run(cells, run_quickly, tmp_path):
    frame = cells()
    frame.write_csv(tmp_path / "cells.csv")
    frame.write_parquet(tmp_path / "cells.parquet")
    forms = {
        "csv": str(tmp_path / "cells.csv"),
        "parquet": str(tmp_path / "cells.parquet"),
        "polars": frame,
        "pandas": frame.to_pandas(),
        "columns": frame.to_dict(as_series=False),
    }
    runs = {name: run_quickly(form, target="kind") for name, form in forms.items()}
    first = runs["csv"]
    for name, run in runs.items():
        assert run.summary["metrics"] == first.summary["metrics"], name
        assert run.summary["split"]["hash"] == first.summary["split"]["hash"], name
        model = run.folder.read_bytes("model/parameters.safetensors")
        assert model == first.folder.read_bytes("model/parameters.safetensors"), name


def test_arrays_give_the_same_run_as_their_table(prices, run_quickly, tmp_path):
    frame = prices()
    frame.write_csv(tmp_path / "prices.csv")
    X, y = frame.select("area", "rooms").to_numpy(), frame["price"].to_numpy()
    runs = [
        run_quickly(str(tmp_path / "prices.csv"), target="price"),
        run_quickly((X, y)),
        run_quickly((X.tolist(), y.tolist())),
    ]
    metrics = [run.summary["metrics"] for run in runs]
    assert metrics[1] == metrics[0]
    assert metrics[2] == metrics[0]
    np.testing.assert_array_equal(runs[1].predict(X), runs[0].predict(frame))
