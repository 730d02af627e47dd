"""Event files contain the measurements, the trials, the findings and the result."""

import struct

import pytest

import assay

pytest.importorskip("tensorboardX")


def events(folder):
    """Yield the events in the files of a folder."""
    from tensorboardX.proto.event_pb2 import Event

    for path in sorted(folder.glob("events.*")):
        data = path.read_bytes()
        while data:  # length, its checksum, the event, its checksum
            (length,) = struct.unpack("<Q", data[:8])
            yield Event.FromString(data[12 : 12 + length])
            data = data[16 + length :]


def scalars(folder):
    """Return the numbers in a folder by name and step."""
    return {
        (value.tag, event.step): value.simple_value
        for event in events(folder)
        for value in event.summary.value
        if value.HasField("simple_value")
    }


def texts(folder):
    """Return the texts in a folder by name."""
    return {
        value.tag.removesuffix("/text_summary"): value.tensor.string_val[0].decode()
        for event in events(folder)
        for value in event.summary.value
        if value.HasField("tensor")
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run that was tracked."""
    return assay.train(
        "iris",
        out=tmp_path_factory.mktemp("tensorboard") / "runs" / "iris-1",
        track="tensorboard",
        model=[assay.Dense(4), assay.ReLU()],
        optimizer=assay.Adam(assay.log(1e-3, 1e-1)),
        num_epochs=6,
        trials=2,
        seed=3,
    )


def test_curves_of_each_fit(run):
    epochs = run.folder.read_parquet("epochs.parquet")
    found = scalars(run.path / "tensorboard" / "trial-1")
    wanted = epochs["val_cost"][epochs["trial"] == 1]
    for epoch, cost in enumerate(wanted.tolist(), start=1):
        assert found["epoch/val_cost", epoch] == pytest.approx(cost, rel=1e-5)
    names = {name for name, _ in scalars(run.path / "tensorboard" / "refit")}
    assert {"iteration/cost", "iteration/learning_rate", "epoch/train_cost"} <= names
    assert "layers/dense1/gradient_norm" in names


def test_trials_are_rows_of_hyperparameters(run):
    folder = run.path / "tensorboard" / "trial-0"
    plugins = {
        value.tag
        for event in events(folder)
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "hparams"
    }
    assert "_hparams_/session_start_info" in plugins
    assert any(name == "val_score" for name, _ in scalars(folder))


def test_result_and_findings(run):
    found = scalars(run.path / "tensorboard")
    low, high = run.test.interval
    assert found["test/accuracy", 0] == pytest.approx(run.test.value, rel=1e-6)
    assert found["test/accuracy_low", 0] == pytest.approx(low, rel=1e-6)
    assert found["test/accuracy_high", 0] == pytest.approx(high, rel=1e-6)
    text = texts(run.path / "tensorboard")
    assert "sealed test examples" in text["result"]
    assert "| num_epochs | 6 |" in text["experiment"]
    for finding in run.findings:
        assert " ".join(finding.message.split()) in text["findings"]


def test_another_folder(tmp_path):
    tracker = assay.trackers.TensorBoard(tmp_path / "logs")
    options = {"model": "linear", "num_epochs": 2, "trials": 1}
    assay.train("iris", out=tmp_path / "iris-1", track=tracker, **options)
    assert scalars(tmp_path / "logs" / "iris-1" / "refit")
