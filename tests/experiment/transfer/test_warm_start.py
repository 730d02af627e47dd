"""A run that starts from another one: what it takes, holds, tells and refuses."""

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
HOW = {
    "num_epochs": 4,
    "batch_size": 64,
    "optimizer": spec.Adam(0.01),
    "regularizers": [],
    "tune": spec.Tune(num_trials=1),
}


def digits(low, high):
    """Return images of the digits from low to below high, named by words."""
    dataset = load("digits")
    rows = np.flatnonzero((dataset.target >= low) & (dataset.target < high))
    images = dataset.frame.to_numpy()[rows].reshape(-1, 8, 8, 1)
    return images.astype(np.float32), np.array([f"d{n}" for n in dataset.target[rows]])


@pytest.fixture(scope="module")
def low_digits(tmp_path_factory):
    """A run on the digits 0 to 4."""
    folder = tmp_path_factory.mktemp("low")
    return assay.Experiment(data=digits(0, 5), model=NET, **HOW).run(out=folder / "low")


def parameters(run):
    """Return every array of a run's model, by path."""
    return load_file(run.path / "model" / "parameters.safetensors")


@pytest.fixture(scope="module")
def high_digits(low_digits):
    """A run on the digits 5 to 9 that starts from the other one, partly frozen."""
    asked = assay.Experiment(
        data=digits(5, 10),
        start_from=low_digits,
        freeze=["conv*", "batch_norm1"],
        learning_rate_of={"dense1": "log(0.01, 1)"},
        **HOW | {"tune": spec.Tune(num_trials=2)},
    )
    return asked.run(out=low_digits.path.parent / "high")


def test_frozen_layers_are_those_of_the_run_to_the_bit(low_digits, high_digits):
    before, after = parameters(low_digits), parameters(high_digits)
    assert list(before) == list(after)
    for path in before:
        held = path.split("/")[1] in ("conv1", "batch_norm1")
        assert np.array_equal(before[path], after[path]) == held, path


def test_what_was_learned_helps(low_digits, tmp_path):
    """For the same images with classes of other names, an epoch is enough."""
    images, words = digits(0, 5)
    data = images, np.array([f"{word}s" for word in words])
    asked = HOW | {"num_epochs": 1}
    fresh = assay.Experiment(data=data, model=NET, **asked).run(out=tmp_path / "a")
    taken = assay.Experiment(data=data, start_from=low_digits, **asked)
    found = taken.run(out=tmp_path / "b")
    assert found.summary["model"]["start"]["fresh"] == ["output"]
    assert found.test.value > fresh.test.value + 0.1


def test_inputs_are_prepared_as_in_the_run(low_digits, high_digits):
    one, other = low_digits.model.preparation, high_digits.model.preparation
    assert other.encoders == one.encoders
    assert other.task.classes == ("d5", "d6", "d7", "d8", "d9")


def test_the_record_says_what_was_taken_and_held(low_digits, high_digits):
    model = json.loads((high_digits.path / "run.json").read_text())["model"]
    start = model["start"]
    assert start["run"] == "low" and start["path"] == str(low_digits.path)
    assert start["taken"] == ["conv1", "batch_norm1", "dense1"]
    assert (start["fresh"], start["output"]) == (["output"], "the classes were others")
    assert len(start["sha256"]) == 64
    assert model["frozen"] == {
        "patterns": ["conv*", "batch_norm1"],
        "layers": ["conv1", "batch_norm1"],
        "num_parameters": 4 * 9 + 4 + 2 * 4,
    }
    told = str(high_digits)
    assert f"from low, model {start['sha256'][:12]}: conv1, batch_norm1" in told
    assert "frozen: conv1, batch_norm1; 48 of" in told
    asked = (high_digits.path / "experiment.toml").read_text()
    assert f'start_from = "{low_digits.path}"' in asked
    assert 'dense1 = "log(0.01, 1)"' in asked
    assert 'learning_rate_of."dense1"' in high_digits.summary["tune"]["values"]


def test_it_predicts_the_same_when_it_is_read_again(high_digits):
    images, _ = digits(5, 10)
    again = assay.load(high_digits.path)
    np.testing.assert_array_equal(again.predict(images), high_digits.predict(images))
    assert again.predict(images).shape == (896, 5)


def test_the_output_is_kept_for_the_same_task_unless_it_shall_be_fresh(
    quickly, cells, tmp_path
):
    first = quickly(cells(), out=tmp_path / "one")
    asked = {"start_from": first.path, "model": "auto"}
    kept = quickly(cells(), **asked, freeze=["output.kernel"])
    assert kept.summary["model"]["start"]["output"] == "the task is the same"
    kernel = "parameters/output/kernel"
    np.testing.assert_array_equal(parameters(kept)[kernel], parameters(first)[kernel])
    told = refused(quickly, cells(), **asked, fresh=["output"])
    assert "`a layer is taken from the run` must hold" in told[0]


@pytest.mark.slow
def test_rows_that_the_run_was_trained_on_are_told(quickly, cells, tmp_path):
    first = quickly(cells(), out=tmp_path / "one", seed=0)
    parts = np.load(first.path / "split.npz")
    known = {*parts["train"].tolist(), *parts["val"].tolist()}
    same = quickly(cells(), start_from=first, model=[], seed=0)
    codes = {finding.code: finding for finding in same.findings}
    assert "start_knew_test" not in codes
    assert codes["start_knew_val"].numbers["num_seen_val"] == len(parts["val"])
    other = quickly(cells(), start_from=same, model=[], seed=1)
    (told,) = [f for f in other.findings if f.code == "start_knew_test"]
    test = np.load(other.path / "split.npz")["test"].tolist()
    num_seen = len(known.intersection(test))
    assert 0 < num_seen < len(test) and told.severity == "warning"
    assert told.numbers["num_seen_test"] == num_seen
    assert f"{num_seen} of the {len(test)} test rows" in told.message
    # what a run started from was trained on, it was trained on too
    last = quickly(cells(), start_from=other, model=[], seed=1)
    everything = len(known | {*range(60)} - {*test})
    (told,) = [f for f in last.findings if f.code == "start_knew_test"]
    assert told.numbers["num_seen"] == everything
    elsewhere = quickly(cells(80), start_from=first, model=[], seed=1)
    assert not [f for f in elsewhere.findings if f.code.startswith("start_knew")]


def refused(quickly, data, **changes):
    """Return what is told of an experiment that is refused."""
    with pytest.raises(InputError) as caught:
        quickly(data, **changes)
    return list(caught.value.faults)


@pytest.fixture(scope="module")
def cells_source(cells, ask, tmp_path_factory):
    """A run of a small net on the table of cells."""
    asked = ask(cells(), model=[spec.Dense(4), spec.ReLU()])
    return asked.run(out=tmp_path_factory.mktemp("cells") / "source")


def test_columns_that_do_not_match_are_told_at_once(quickly, cells, cells_source):
    words = ["ab"[row % 2] for row in range(60)]
    data = cells(age=words).drop("size").rename({"color": "colour"})
    data = data.select("age", "colour", "active", "kind")
    assert refused(quickly, data, start_from=cells_source) == [
        "`every column of the run is given` must hold, but got "
        "missing_columns=['size', 'color']. source was trained on size, age, color, "
        "active.",
        "`'age' is a number, as in source` must hold, but got age.kind='category'. "
        'Write kinds = {"age" = "number"}, if it is one.',
    ]


def test_another_kind_and_shape_of_inputs_is_told(quickly, low_digits, cells_source):
    images, words = digits(0, 5)
    told = refused(quickly, (images[:, :4], words), start_from=low_digits, model=NET)
    assert told == [
        "`every image has the shape (8, 8, 1)` must hold, but got shape=(4, 8, 1). "
        'low was trained on that shape. Write image_size = [8, 8], image_mode = "L".'
    ]
    (told,) = refused(quickly, (images, words), start_from=cells_source)
    assert told.startswith("`the inputs are of the kind table` must hold, but got kind")


def test_layers_that_do_not_match_are_told_at_once(quickly, cells, cells_source):
    asked = {"start_from": cells_source, "model": [spec.Dense(5), spec.ReLU()]}
    told = refused(quickly, cells(), **asked)
    assert [fault.partition("must hold")[0] for fault in told] == [
        "`dense1.bias has the shape (5,) of the model` ",
        "`dense1.kernel has the shape (7, 5) of the model` ",
        "`output.kernel has the shape (5, 1) of the model` ",
    ]
    assert 'Write fresh = ["dense1"] to start that layer fresh' in told[0]
    (told,) = refused(quickly, cells(), **asked, fresh=["dense1", "output"])
    assert told.startswith("`a layer is taken from the run` must hold")


def test_patterns_are_checked(quickly, cells, cells_source):
    asked = {"start_from": cells_source, "model": "auto"}
    (told,) = refused(quickly, cells(), **asked, fresh=["dnse1"])
    assert told.endswith("Layers: dense1, relu1, output. Did you mean 'dense1'?")
    (told,) = refused(quickly, cells(), **asked, freeze=["conv*"])
    assert told.startswith("`freeze names layers` must hold, but got freeze[0]='conv*'")
    (told,) = refused(
        quickly, cells(), **asked, freeze=["dense1"], fresh=["dense1"]
    )  # fmt: skip
    assert told.startswith("`a frozen layer is taken from the run` must hold")
    with pytest.raises(InputError, match="but start_from is not set"):
        assay.Experiment(data="iris", fresh=["output"])


def test_a_run_that_is_not_there_is_told(quickly, cells, cells_source):
    near = str(cells_source.path)[:-1]
    (told,) = refused(quickly, cells(), start_from=near)
    assert told.startswith("`start_from is the folder of a run` must hold")
    assert told.endswith(f"Did you mean {str(cells_source.path)!r}?")


def test_a_target_keeps_its_scale_with_its_output(quickly, prices):
    first = quickly(prices(), model=[])
    data = prices().with_columns(pl.col("price") * 2)
    second = quickly(data, model=[], start_from=first)
    assert second.model.preparation.target_mean == first.model.preparation.target_mean
    third = quickly(data, model=[], start_from=first, fresh=["output.bias"])
    assert third.summary["model"]["start"]["fresh"] == ["output"]


def test_a_run_goes_on_only_from_the_model_it_began_with(
    quickly, cells, cells_source, tmp_path
):
    asked = {"start_from": cells_source, "model": "auto", "out": tmp_path / "next"}
    run = quickly(cells(), **asked)
    (run.path / "run.json").unlink()
    experiment = assay.Experiment(data=cells(), target="kind")
    again = experiment.run(out=run.path, resume=True)
    assert again.test.value == run.test.value
    assert again.summary["model"]["start"] == run.summary["model"]["start"]
    begun = json.loads((run.path / "start.json").read_text())
    (run.path / "start.json").write_text(json.dumps(begun | {"sha256": "0" * 64}))
    (run.path / "run.json").unlink()
    with pytest.raises(InputError, match="`the model is the same` must hold"):
        experiment.run(out=run.path, resume=True)


def test_a_model_of_any_size_is_not_read(quickly, cells, cells_source, monkeypatch):
    from assay.experiment.model import _files as _saved

    monkeypatch.setattr(_saved, "_MOST_BYTES", {"model/model.json": 100})
    with pytest.raises(RunError, match="`size <= 100 bytes` must hold for model/model"):
        quickly(cells(), start_from=cells_source, model="auto")
