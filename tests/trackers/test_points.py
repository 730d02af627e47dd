"""Records of a running training become points, and a bad tracker harms no run."""

import math
import threading

import pytest

import assay
from assay import InputError
from assay.records import Finding
from assay.trackers import Point, Session, Tracker, open_trackers


class Collector(Tracker):
    """A tracker that keeps everything, with the thread of each call."""

    kind = "collector"

    def __init__(self, fails_in=""):
        self.calls, self.threads, self.fails_in = [], set(), fails_in

    def note(self, name, *what):
        self.threads.add(threading.current_thread().name)
        if name == self.fails_in:
            raise OSError("no connection")
        self.calls.append((name, *what))

    def start(self, run, folder, experiment):
        self.note("start", run, folder, experiment)

    def points(self, fit, points):
        self.note("points", fit, points)

    def trial(self, number, hyperparameters, value):
        self.note("trial", number, hyperparameters, value)

    def finding(self, finding):
        self.note("finding", finding)

    def finish(self, summary):
        self.note("finish", summary)

    def close(self, reason):
        self.note("close", reason)

    def named(self, name):
        return [call[1:] for call in self.calls if call[0] == name]


OPTIONS = {
    "model": [assay.Dense(4), assay.ReLU()],
    "optimizer": assay.Adam(assay.log(1e-3, 1e-1)),
    "num_epochs": 12,
    "trials": 2,
    "seed": 3,
}


@pytest.fixture(scope="module")
def tracked(tmp_path_factory):
    """A finished run and what its tracker received."""
    collector = Collector()
    folder = tmp_path_factory.mktemp("tracked") / "runs" / "iris-1"
    run = assay.train("iris", out=folder, track=collector, **OPTIONS)
    return run, collector


def test_order_and_thread(tracked):
    run, collector = tracked
    names = [call[0] for call in collector.calls]
    assert (names[0], names[-2:]) == ("start", ["finish", "close"])
    assert collector.threads == {"assay-trackers"}
    (start,) = collector.named("start")
    assert start[:2] == (run.folder.name, run.path)
    assert start[2]["num_epochs"] == 12
    assert collector.named("close") == [("finished",)]
    (summary,) = collector.named("finish")
    assert summary[0]["test"]["value"] == run.test.value


def test_every_epoch_and_the_iterations_of_every_fit(tracked):
    run, collector = tracked
    points = {}
    for fit, some in collector.named("points"):
        points.setdefault(fit, []).extend(some)
    assert {"trial-0", "trial-1", "refit"} <= set(points)
    for some in points.values():
        assert all(math.isfinite(point.value) for point in some)
        names = {point.name for point in some}
        assert {"iteration/cost", "iteration/learning_rate"} <= names
    recorded = run.folder.read_parquet("epochs.parquet")
    for fit, trial in (("trial-0", 0), ("trial-1", 1), ("refit", -1)):
        rows = recorded["trial"] == trial
        for name in ("train_cost", "train_score", "val_cost", "val_score"):
            values = recorded[name][rows]
            wanted = {n + 1: v for n, v in enumerate(values) if math.isfinite(v)}
            got = {p.step: p.value for p in points[fit] if p.name == f"epoch/{name}"}
            assert got == pytest.approx(wanted)
    assert any(point.name == "epoch/val_cost" for point in points["trial-0"])
    for fit in ("trial-0", "refit"):
        names = {point.name for point in points[fit]}
        assert {"epoch/train_cost", "layers/dense1/gradient_norm"} <= names


def test_trials_and_findings(tracked):
    run, collector = tracked
    trials = collector.named("trial")
    assert [number for number, *_ in trials] == [0, 1]
    assert all("optimizer.learning_rate" in values for _, values, _ in trials)
    assert max(v for *_, v in trials) == pytest.approx(run.summary["tune"]["best_val"])
    found = [finding.code for (finding,) in collector.named("finding")]
    assert found == [finding.code for finding in run.findings]


@pytest.mark.parametrize("method", ["start", "points", "finish"])
def test_a_tracker_that_fails_is_left_out(tmp_path, capsys, method):
    bad, good = Collector(fails_in=method), Collector()
    options = OPTIONS | {"model": "linear", "num_epochs": 2, "trials": 1}
    run = assay.train("iris", out=tmp_path / "run", track=[bad, good], **options)
    assert run.test.num_examples
    note = "note: collector stopped tracking (OSError: no connection)\n"
    assert capsys.readouterr().err.count(note) == 1
    assert good.named("close") == [("finished",)]
    assert not bad.named("close")


def test_interrupted_runs_say_so(tmp_path, interrupted):
    collector = Collector()
    with pytest.raises(InputError):
        assay.train("iris", out=tmp_path / "run", track=collector, target="none")
    assert collector.calls == []  # nothing was trained
    interrupted(tmp_path / "run", collector)
    assert collector.named("close") == [("interrupted",)]


def test_unknown_names_are_reported_together():
    with pytest.raises(InputError) as error:
        open_trackers(["tensorbord", "wandb"])
    assert error.value.faults == (
        "'tensorbord' is not a tracker. Use tensorboard or mlflow. "
        "Did you mean 'tensorboard'?",
        "'wandb' is not a tracker. Use tensorboard or mlflow.",
    )


def test_a_missing_package_is_reported_before_anything_is_trained(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(__import__("sys").modules, "tensorboardX", None)
    with pytest.raises(InputError) as error:
        assay.train("iris", out=tmp_path / "run", track="tensorboard")
    assert str(error.value) == (
        "The tracker 'tensorboard' requires the package tensorboardX, which is not "
        "installed. Run pip install 'assay[tensorboard]'."
    )
    assert not (tmp_path / "run").exists()


def test_a_session_without_trackers_does_nothing():
    session = Session()
    session.record({"kind": "note", "message": "a"})
    session.close("finished")
    assert not session


def test_other_records_are_ignored():
    collector = Collector()
    session = Session([collector])
    session.start("run", __import__("pathlib").Path("run"), {})
    session.record({"kind": "process", "pid": 1})
    finding = Finding("code", "info", "Something.")
    session.record({"kind": "finding", "finding": finding.to_json(), "stage": "data"})
    columns = {"cost": [1.0, math.nan], "fit": "refit", "iteration": [1, 2]}
    session.record({"kind": "iterations", **columns})
    session.close("failed")
    assert collector.calls[1:] == [
        ("finding", finding),
        ("points", "refit", (Point("iteration/cost", 1, 1.0),)),
        ("close", "failed"),
    ]
