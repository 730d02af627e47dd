"""A run in MLflow has the measurements, nested trials, findings and the result."""

import pytest

import assay

pytest.importorskip("mlflow")
pytest.importorskip("sqlalchemy")

pytestmark = pytest.mark.filterwarnings("ignore")  # of MLflow


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A run, its client, and its runs in MLflow by name."""
    from mlflow.tracking import MlflowClient

    runs = tmp_path_factory.mktemp("mlflow") / "runs"
    run = assay.train(
        "iris",
        out=runs / "iris-1",
        track="mlflow",
        model=[assay.Dense(4), assay.ReLU(), assay.Dropout(assay.uniform(0.0, 0.2))],
        optimizer=assay.Adam(assay.log(1e-3, 1e-1)),
        num_epochs=6,
        trials=2,
        seed=3,
    )
    client = MlflowClient(tracking_uri=f"sqlite:///{runs / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("assay")
    listed = client.search_runs([experiment.experiment_id])
    return run, client, {one.info.run_name: one for one in listed}


def test_the_run_has_the_result(found):
    run, _, by_name = found
    tracked = by_name["iris-1"]
    low, high = run.test.interval
    assert tracked.info.status == "FINISHED"
    assert tracked.data.metrics["test/accuracy"] == run.test.value
    assert tracked.data.metrics["test/accuracy_low"] == low
    assert tracked.data.metrics["test/accuracy_high"] == high
    assert tracked.data.params["num_epochs"] == "6"
    assert "chosen.optimizer.learning_rate" in tracked.data.params
    assert "sealed test examples" in tracked.data.tags["mlflow.note.content"]
    for finding in run.findings:
        message = " ".join(finding.message.split())
        assert message in tracked.data.tags["assay.findings"]


def test_trials_are_nested(found):
    run, client, by_name = found
    epochs = run.folder.read_parquet("epochs.parquet")
    for number in (0, 1):
        trial = by_name[f"trial-{number}"]
        assert trial.data.tags["mlflow.parentRunId"] == by_name["iris-1"].info.run_id
        assert {"optimizer.learning_rate", "model_2_.rate"} <= trial.data.params.keys()
        assert "val_score" in trial.data.metrics
        history = client.get_metric_history(trial.info.run_id, "epoch/val_cost")
        wanted = epochs["val_cost"][epochs["trial"] == number]
        got = {point.step: point.value for point in history}
        assert [got[n + 1] for n in range(len(wanted))] == pytest.approx(
            wanted.tolist(), rel=1e-6
        )


def test_the_refit_is_the_run_itself(found):
    _, client, by_name = found
    run_id = by_name["iris-1"].info.run_id
    assert client.get_metric_history(run_id, "iteration/learning_rate")
    assert client.get_metric_history(run_id, "layers/dense1/gradient_norm")


def test_a_resumed_run_continues(tmp_path, monkeypatch, interrupted):
    from mlflow.tracking import MlflowClient

    address = f"sqlite:///{tmp_path / 'store.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mine")
    out = tmp_path / "iris-1"
    experiment = interrupted(out, "mlflow")
    client = MlflowClient(tracking_uri=address)
    place = [client.get_experiment_by_name("mine").experiment_id]
    before = {r.info.run_name: r for r in client.search_runs(place)}
    assert before["iris-1"].info.status == "KILLED"
    experiment.run(out=out, resume=True, track="mlflow")
    after = {r.info.run_name: r for r in client.search_runs(place)}
    assert after.keys() == before.keys()
    assert after["iris-1"].info.status == "FINISHED"
