"""A run that starts from another run transfers, freezes and rejects as documented."""

import json

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load_file

import assay
from assay import InputError, RunError, spec
from assay.data import load

NET = [
    *(spec.Conv2D(4, 3, stride=2), spec.BatchNorm(), spec.ReLU(), spec.Flatten()),
    *(spec.Dense(8), spec.Tanh()),
]
FIELDS = {
    "num_epochs": 4,
    "augment": [],
    "batch_size": 64,
    "optimizer": spec.Adam(0.01),
    "regularizers": [],
    "tune": spec.Tune(num_trials=1),
}


def digits(low, high):
    """Return images of the digits low to high - 1 and their names."""
    dataset = load("digits")
    rows = np.flatnonzero((dataset.target >= low) & (dataset.target < high))
    images = dataset.frame.to_numpy()[rows].reshape(-1, 8, 8, 1)
    return images.astype(np.float32), np.array([f"d{n}" for n in dataset.target[rows]])


@pytest.fixture(scope="module")
def low_digits(tmp_path_factory):
    """A run on the digits 0 to 4."""
    folder = tmp_path_factory.mktemp("low")
    return assay.Experiment(data=digits(0, 5), model=NET, **FIELDS).run(
        out=folder / "low"
    )


def parameters(run):
    """Return every array of the model of a run, by path."""
    return load_file(run.path / "model" / "parameters.safetensors")


@pytest.fixture(scope="module")
def high_digits(low_digits):
    """A run on the digits 5 to 9 that starts from the run on 0 to 4, partly frozen."""
    experiment = assay.Experiment(
        data=digits(5, 10),
        start_from=low_digits,
        freeze=["conv*", "batch_norm1"],
        learning_rate_of={"dense1": "log(0.01, 1)"},
        **FIELDS | {"tune": spec.Tune(num_trials=2)},
    )
    return experiment.run(out=low_digits.path.parent / "high")


def test_frozen_layers_stay_bit_for_bit_the_same(low_digits, high_digits):
    before, after = parameters(low_digits), parameters(high_digits)
    assert list(before) == list(after)
    for path in before:
        frozen = path.split("/")[1] in ("conv1", "batch_norm1")
        assert np.array_equal(before[path], after[path]) == frozen, path


def test_what_was_learned_helps(low_digits, tmp_path):
    """One epoch is enough for the same images with other class names."""
    images, words = digits(0, 5)
    data = images, np.array([f"{word}s" for word in words])
    fields = FIELDS | {"num_epochs": 1}
    fresh = assay.Experiment(data=data, model=NET, **fields).run(out=tmp_path / "a")
    warm = assay.Experiment(data=data, start_from=low_digits, **fields)
    run = warm.run(out=tmp_path / "b")
    assert run.summary["model"]["start"]["fresh"] == ["output"]
    assert run.test.value > fresh.test.value + 0.1


def test_inputs_are_prepared_as_in_the_run(low_digits, high_digits):
    one, other = low_digits.model.preparation, high_digits.model.preparation
    assert other.encoders == one.encoders
    assert other.task.classes == ("d5", "d6", "d7", "d8", "d9")


def test_the_record_has_what_was_transferred_and_frozen(low_digits, high_digits):
    model = json.loads((high_digits.path / "run.json").read_text())["model"]
    start = model["start"]
    assert start["run"] == "low" and start["path"] == str(low_digits.path)
    assert start["taken"] == ["conv1", "batch_norm1", "dense1"]
    assert (start["fresh"], start["output"]) == (
        ["output"],
        "the classes were different",
    )
    assert len(start["sha256"]) == 64
    assert model["frozen"] == {
        "patterns": ["conv*", "batch_norm1"],
        "layers": ["conv1", "batch_norm1"],
        "num_parameters": 4 * 9 + 4 + 2 * 4,
    }
    printed = str(high_digits)
    assert f"from low, model {start['sha256'][:12]}: conv1, batch_norm1" in printed
    assert "frozen: conv1, batch_norm1; 48 of" in printed
    experiment = (high_digits.path / "experiment.toml").read_text()
    assert f'start_from = "{low_digits.path}"' in experiment
    assert 'dense1 = "log(0.01, 1)"' in experiment
    assert 'learning_rate_of."dense1"' in high_digits.summary["tune"]["values"]


def test_a_loaded_run_predicts_the_same(high_digits):
    images, _ = digits(5, 10)
    again = assay.load(high_digits.path)
    np.testing.assert_array_equal(again.predict(images), high_digits.predict(images))
    assert again.predict(images).shape == (896, 5)


def test_the_output_is_kept_for_the_same_task_unless_it_is_asked_to_be_fresh(
    run_quickly, cells, quick_run
):
    first = quick_run
    fields = {"start_from": first.path, "model": "auto"}
    kept = run_quickly(cells(), **fields, freeze=["output.kernel"])
    assert kept.summary["model"]["start"]["output"] == "the task is the same"
    kernel = "parameters/output/kernel"
    np.testing.assert_array_equal(parameters(kept)[kernel], parameters(first)[kernel])
    faults = refused(run_quickly, cells(), **fields, fresh=["output"])
    assert "The model has no layer in common with the source run" in faults[0]


@pytest.mark.slow
def test_rows_that_the_source_run_was_trained_on_are_reported(
    run_quickly, cells, quick_run
):
    first = quick_run
    parts = np.load(first.path / "split.npz")
    known = {*parts["train"].tolist(), *parts["val"].tolist()}
    same = run_quickly(cells(), start_from=first, model=[], seed=0)
    codes = {finding.code: finding for finding in same.findings}
    assert "start_knew_test" not in codes
    assert codes["start_knew_val"].numbers["num_seen_val"] == len(parts["val"])
    other = run_quickly(cells(), start_from=same, model=[], seed=1)
    (finding,) = [f for f in other.findings if f.code == "start_knew_test"]
    test = np.load(other.path / "split.npz")["test"].tolist()
    num_seen = len(known.intersection(test))
    assert 0 < num_seen < len(test) and finding.severity == "warning"
    assert finding.numbers["num_seen_test"] == num_seen
    assert f"{num_seen} of the {len(test)} test rows" in finding.message
    # a run has also seen the rows that its source run was trained on
    last = run_quickly(cells(), start_from=other, model=[], seed=1)
    everything = len(known | {*range(60)} - {*test})
    (finding,) = [f for f in last.findings if f.code == "start_knew_test"]
    assert finding.numbers["num_seen"] == everything
    elsewhere = run_quickly(cells(80), start_from=first, model=[], seed=1)
    assert not [f for f in elsewhere.findings if f.code.startswith("start_knew")]


def refused(run_quickly, data, **changes):
    """Return the faults of a rejected experiment."""
    with pytest.raises(InputError) as caught:
        run_quickly(data, **changes)
    return list(caught.value.faults)


@pytest.fixture(scope="module")
def cells_source(cells, make_experiment, tmp_path_factory):
    """A run of a small network on the table of cells."""
    experiment = make_experiment(cells(), model=[spec.Dense(4), spec.ReLU()])
    return experiment.run(out=tmp_path_factory.mktemp("cells") / "source")


def test_all_columns_that_do_not_match_are_reported_together(
    run_quickly, cells, cells_source
):
    words = ["ab"[row % 2] for row in range(60)]
    data = cells(age=words).drop("size").rename({"color": "colour"})
    data = data.select("age", "colour", "active", "kind")
    assert refused(run_quickly, data, start_from=cells_source) == [
        "The data must have all the columns used by the source run source (size, age, "
        "color, active), but they lack size, color.",
        "The column 'age' must be a number, as in the source run source, but it was "
        'read as a category. If it is a number, set kinds = {"age": "number"}.',
    ]


def test_inputs_of_another_kind_or_shape_are_refused(
    run_quickly, low_digits, cells_source
):
    images, words = digits(0, 5)
    quarter = images[:, :4]
    faults = refused(run_quickly, (quarter, words), start_from=low_digits, model=NET)
    assert faults == [
        "Each image must have the shape (8, 8, 1), as in the source run low, not "
        '(4, 8, 1). Set image_size = [8, 8], image_mode = "L".'
    ]
    (fault,) = refused(run_quickly, (images, words), start_from=cells_source)
    assert fault.startswith(
        "The data must have table inputs, like those of the source run source, but"
    )


def test_all_layers_that_do_not_match_are_reported_together(
    run_quickly, cells, cells_source
):
    fields = {"start_from": cells_source, "model": [spec.Dense(5), spec.ReLU()]}
    faults = refused(run_quickly, cells(), **fields)
    assert [fault.partition("must hold")[0] for fault in faults] == [
        "`dense1.bias.shape == (5,)` ",
        "`dense1.kernel.shape == (7, 5)` ",
        "`output.kernel.shape == (5, 1)` ",
    ]
    assert 'Set fresh = ["dense1"]' in faults[0]
    (fault,) = refused(run_quickly, cells(), **fields, fresh=["dense1", "output"])
    assert fault.startswith("The model has no layer in common with the source run")


def test_patterns_are_checked(run_quickly, cells, cells_source):
    fields = {"start_from": cells_source, "model": "auto"}
    (fault,) = refused(run_quickly, cells(), **fields, fresh=["dnse1"])
    assert fault.endswith("Layers: dense1, relu1, output. Did you mean 'dense1'?")
    (fault,) = refused(run_quickly, cells(), **fields, freeze=["conv*"])
    assert fault.startswith("`freeze in layers` must hold, but got freeze[0]='conv*'")
    same = ["dense1"]
    (fault,) = refused(run_quickly, cells(), **fields, freeze=same, fresh=same)
    rule = "The layer dense1 cannot be frozen, because it starts from random values."
    assert fault.startswith(rule)
    with pytest.raises(InputError, match="but start_from is not set"):
        assay.Experiment(data="iris", fresh=["output"])


def test_a_source_run_that_does_not_exist_is_refused(run_quickly, cells, cells_source):
    near = str(cells_source.path)[:-1]
    (fault,) = refused(run_quickly, cells(), start_from=near)
    assert fault.startswith("start_from must be the folder of a run, such as")
    assert fault.endswith(f"Did you mean {str(cells_source.path)!r}?")


def test_a_target_keeps_its_scale_with_its_output(run_quickly, prices):
    first = run_quickly(prices(), model=[])
    data = prices().with_columns(pl.col("price") * 2)
    second = run_quickly(data, model=[], start_from=first)
    assert second.model.preparation.target_mean == first.model.preparation.target_mean
    third = run_quickly(data, model=[], start_from=first, fresh=["output.bias"])
    assert third.summary["model"]["start"]["fresh"] == ["output"]


def test_a_run_is_resumed_only_with_the_same_source_model(
    run_quickly, cells, cells_source, tmp_path
):
    fields = {"start_from": cells_source, "model": "auto", "out": tmp_path / "next"}
    run = run_quickly(cells(), **fields)
    (run.path / "run.json").unlink()
    experiment = assay.Experiment(data=cells(), target="kind")
    again = experiment.run(out=run.path, resume=True)
    assert again.test.value == run.test.value
    assert again.summary["model"]["start"] == run.summary["model"]["start"]
    source = json.loads((run.path / "start.json").read_text())
    (run.path / "start.json").write_text(json.dumps(source | {"sha256": "0" * 64}))
    (run.path / "run.json").unlink()
    with pytest.raises(InputError, match="The model in .* has changed since .* was"):
        experiment.run(out=run.path, resume=True)


def test_a_model_that_is_too_large_is_not_read(
    run_quickly, cells, cells_source, monkeypatch
):
    from assay.experiment.model import _files

    monkeypatch.setattr(_files, "_MOST_BYTES", {"model/model.json": 100})
    with pytest.raises(RunError, match=r"model\.json has \d+ bytes, .*at most 100\."):
        run_quickly(cells(), start_from=cells_source, model="auto")
