"""A run is shown while it trains, and pauses, steps and stops on request."""

import contextlib
import math
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import jax
import numpy as np
import pytest

from assay import spec
from assay.experiment.records._live_run import LiveRun
from assay.experiment.records._pauses import Pauses
from assay.experiment.records._thinned import thinned
from assay.records import RunFolder, read_live, send_control
from assay.training import MONITOR_FIELDS, Checkpoints, TrainingData

SOURCE = Path(__file__).resolve().parents[3] / "src"
MODEL = "model/parameters.safetensors"
PATIENCE_SECONDS = 120


class Reader:
    """Reads the live log of a run until it has what it waits for.

    A second name for the file keeps it readable after the run has finished.
    """

    def __init__(self, path):
        self._path, self._copy = path, path.with_name(f"{path.name}-copy")
        self._cursor = self._seen = 0
        self.records = []

    def read(self):
        self._copy.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            os.link(self._path / "live.jsonl", self._copy / "live.jsonl")
        new, self._cursor = read_live(self._copy, self._cursor)
        self.records += new
        return new

    def wait_for(self, kind, **fields):
        """Return the next record of a kind with these fields."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            for record in self.records[self._seen :]:
                self._seen += 1
                if record["kind"] == kind and fields.items() <= record.items():
                    return record
            self.read()
            time.sleep(0.01)
        raise AssertionError(f"{kind} {fields} did not come: {self.records[-3:]}")


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder.create(tmp_path / "digits-1")
    folder.write_text("experiment.toml", "")
    return folder


@pytest.fixture(scope="module")
def begin():
    """Return a function that creates a fit of 400 iterations, 5 per epoch."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 4)).astype(np.float32), rng.integers(0, 3, 40)
    data = TrainingData.of(rows, (rows[0][:9], rows[1][:9]), num_classes=3)
    training = spec.Training(
        model=(spec.Dense(5), spec.ReLU()),
        cost="cross_entropy",
        optimizer=spec.Adam(0.01),
        regularizers=(),
        batch_size=8,
        num_epochs=80,
    )
    return training, lambda: data.fit(training, seed=0)


def left(fit):
    """Return the results of a fit."""
    history = fit.history
    return (
        jax.device_get(fit.state),
        history.iterations,
        history.epochs,
        history.monitors,
    )


def test_a_fit_pauses_steps_and_resumes_with_the_same_result(
    begin, folder, assert_same_tree
):
    training, create = begin
    whole = create().run()
    live = LiveRun(folder, resumed=False)
    reader = Reader(folder.path)
    send_control(folder, "pause")
    reader.wait_for("control", action="pause")
    fit = create()
    running = Checkpoints(watcher=live).resumable("refit", fit, training)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    assert reader.wait_for("fit")["num_iterations"] == 400
    assert reader.wait_for("paused")["iteration"] == 0
    for action, iteration in [
        ("step_iteration", 1),
        ("step_iteration", 2),
        ("step_epoch", 5),
        ("step_epoch", 10),
        ("step_iteration", 11),
        ("step_epoch", 15),
    ]:
        send_control(folder, action)
        paused = reader.wait_for("paused", fit="refit")
        assert (paused["iteration"], paused["epoch"]) == (iteration, iteration // 5)
        assert fit.iteration == iteration
    send_control(folder, "resume")
    thread.join()
    live.close("finished")
    reader.read()
    assert_same_tree(left(fit), left(whole))
    kinds = [record["kind"] for record in reader.records]
    assert kinds[0] == "process"
    assert kinds[-2:] == ["fit_finished", "process_finished"]
    shown = [
        i for r in reader.records if r["kind"] == "iterations" for i in r["iteration"]
    ]
    assert shown == sorted(set(shown))
    assert shown[:3] == [1, 2, 3]
    assert shown[-1] == 400
    epochs = [e for r in reader.records if r["kind"] == "epochs" for e in r["epoch"]]
    assert epochs[-1] == 80


def test_the_numbers_shown_are_those_of_the_history(begin, folder):
    training, create = begin
    live = LiveRun(folder, resumed=False)
    fit = Checkpoints(watcher=live).resumable("trial-3", create(), training).run()
    live.close("finished")
    records, _ = read_live(folder)
    history = fit.history
    for kind, counter, columns in (
        ("iterations", "iteration", history.iterations),
        ("epochs", "epoch", history.epochs),
    ):
        lines = [record for record in records if record["kind"] == kind]
        assert lines
        for line in lines:
            assert line["fit"] == "trial-3"
            places = np.array(line[counter]) - 1
            for name, column in columns.items():
                expected = column[places].tolist()
                assert line[name] == pytest.approx(expected, rel=1e-5), name
    monitors = [record for record in records if record["kind"] == "monitors"]
    found = history.monitors
    assert [line["iteration"] for line in monitors] == found["iteration"].tolist()
    for place, line in enumerate(monitors):
        assert line["layers"] == ["dense1", "relu1", "output"]
        for name in MONITOR_FIELDS:
            shown = [math.nan if v is None else v for v in line[name]]
            expected = found[name][place].tolist()
            assert shown == pytest.approx(expected, rel=1e-5, nan_ok=True), name


def test_another_fit_of_the_same_name_starts_over(begin, folder):
    # a search passes on the number of a trial that had no time for an epoch
    training, create = begin
    live = LiveRun(folder, resumed=False)
    checkpoints = Checkpoints(watcher=live)
    checkpoints.resumable("trial-3", create(), training).advance(4)
    checkpoints.resumable("trial-3", create(), training).advance(2)
    live.close("finished")
    records, _ = read_live(folder)
    iterations: list[list[int]] = []
    for record in records:
        if record["kind"] == "fit":
            iterations.append([])
        elif record["kind"] == "iterations":
            iterations[-1] += record["iteration"]
    assert iterations == [[1, 2, 3, 4], [1, 2]]


def test_a_stop_saves_the_fit_and_interrupts(begin, folder, assert_same_tree):
    training, create = begin
    whole = create().run()
    live = LiveRun(folder, resumed=False)
    send_control(folder, "step_epoch")  # pauses, too late for a step
    Reader(folder.path).wait_for("control")
    checkpoints = Checkpoints(folder.path_of("checkpoints"), watcher=live)
    running = checkpoints.resumable("refit", create(), training)
    running.fit.advance(iterations=7)
    sender = threading.Timer(0.1, send_control, [folder, "stop"])
    sender.start()
    with pytest.raises(KeyboardInterrupt):
        checkpoints.in_threads(lambda fit: fit.run(), [running], threads=1)
    live.close("interrupted")
    again = Checkpoints(folder.path_of("checkpoints"))
    running = again.resumable("refit", create(), training)
    assert running.fit.iteration == 7
    assert_same_tree(left(running.run()), left(whole))


def test_a_waiting_fit_can_be_stopped_by_ctrl_c(begin, folder):
    training, create = begin
    live = LiveRun(folder, resumed=False)
    send_control(folder, "pause")
    reader = Reader(folder.path)
    reader.wait_for("control")
    checkpoints = Checkpoints(watcher=live)
    running = checkpoints.resumable("refit", create(), training)
    with pytest.raises(KeyboardInterrupt), checkpoints.stopping():
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        reader.wait_for("paused")
        raise KeyboardInterrupt
    thread.join()
    live.close("interrupted")
    assert running.fit.iteration == 0


def test_the_clock_stands_still_while_paused():
    pauses = Pauses()
    pauses.obey("pause")
    before = pauses.now()
    pauses.obey("step_iteration")
    assert pauses.now() == before
    pauses.obey("resume")
    assert before <= pauses.now() < time.monotonic()


def test_thinning_keeps_the_extremes_and_the_newest_row():
    rows = np.stack([np.arange(100.0), np.arange(100.0) ** 2], axis=1)
    rows[40, 0], rows[60, 0], rows[70, 0] = 1e9, -1, math.nan
    found = thinned(rows, ("cost", "other"), "iteration", last=1100, most=8)
    assert len(found["iteration"]) <= 8
    assert found["iteration"][-1] == 1100
    assert {1041, 1061, 1071} <= set(found["iteration"])
    assert found["other"] == [float((i - 1001) ** 2) for i in found["iteration"]]
    two = thinned(rows[:69], ("cost", "other"), "iteration", last=69, most=2)
    assert two["iteration"] == [41, 69]


@pytest.mark.parametrize("together", ["apart", "stacked"])
def test_the_trials_of_a_run_are_shown(make_experiment, cells, tmp_path, together):
    tune = spec.Tune(num_trials=3, together=together)
    experiment = make_experiment(
        cells(), tune=tune, optimizer=spec.Adam(spec.Log(1e-3, 1e-1))
    )
    reader = Reader(tmp_path / "runs" / "cells-1")
    run = threading.Thread(target=lambda: experiment.run(out=reader._path))
    run.start()
    while run.is_alive():
        reader.read()
        time.sleep(0.01)
    reader.read()
    by_kind = {}
    for record in reader.records:
        by_kind.setdefault(record["kind"], []).append(record)
    assert by_kind["plan"][0]["num_trials"] == 3
    names = {"trial-0", "trial-1", "trial-2", "refit"}
    for kind in ("fit", "iterations", "epochs", "fit_finished"):
        assert {record["fit"] for record in by_kind[kind]} >= names, kind
    # the fits of cross-validation are measured only at their end
    assert {record["fit"] for record in by_kind["monitors"]} == names
    assert [record["trial"] for record in by_kind["trial"]] == [0, 1, 2]
    stages = [record["stage"] for record in by_kind["stage_started"]]
    assert stages == ["data", "tune", "refit", "test"]
    assert by_kind["process_finished"] == [reader.records[-1]]
    folder = RunFolder(reader._path)
    assert not folder.exists("live.jsonl")
    assert not folder.exists("control.jsonl")


def test_the_monitors_of_the_best_trial_and_the_refit_are_recorded(
    make_experiment, cells, tmp_path
):
    experiment = make_experiment(cells(), model=[spec.Dense(4), spec.ReLU()])
    run = experiment.run(out=tmp_path / "cells-1")
    table = run.folder.read_parquet("monitors.parquet")
    assert list(table) == ["trial", "iteration", "epoch", "layer", *MONITOR_FIELDS]
    assert set(table["trial"]) == {0, -1}
    refit = table["trial"] == -1
    assert table["epoch"][refit].tolist() == [0, 0, 0, 3, 3, 3]
    assert table["layer"][refit].tolist() == ["dense1", "relu1", "output"] * 2
    assert np.isfinite(table["mean"]).all()


@pytest.mark.slow
def test_a_process_is_paused_stepped_stopped_and_resumed(
    tmp_path, monkeypatch, ctrl_c_interrupts
):
    """The result equals that of an uninterrupted run, bit for bit."""
    from assay.cli import main

    (tmp_path / "iris.toml").write_text(
        'data = "iris"\n'
        'model = [{ kind = "dense", units = 8 }, "relu"]\n'
        "num_epochs = 3000\n"  # long enough to be paused
        "batch_size = 32\n"
        "regularizers = []\n"
        "tune = { num_trials = 1 }\n"
    )

    monkeypatch.chdir(tmp_path)
    assert main(["train", "iris.toml", "--out", "whole"]) == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "assay", "train", "iris.toml", "--out", "cut"],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        stderr=subprocess.PIPE,
        text=True,
    )
    folder = RunFolder(tmp_path / "cut")
    while not folder.is_run:
        assert process.poll() is None
        time.sleep(0.01)
    send_control(folder, "pause")
    reader = Reader(folder.path)
    reader.wait_for("control", action="pause")
    start = reader.wait_for("paused", fit="trial-0")["iteration"]
    for action, iteration in (
        ("step_iteration", start + 1),
        ("step_iteration", start + 2),
        ("step_epoch", (start + 2) // 4 * 4 + 4),
    ):
        send_control(folder, action)
        assert reader.wait_for("paused")["iteration"] == iteration
    send_control(folder, "stop")  # a run that goes on might finish before it is stopped
    errors = process.communicate()[1]
    assert process.returncode == 130
    assert "To resume, use: assay train --resume --out cut" in errors
    reader.read()
    assert reader.records[-1]["kind"] == "process_finished"
    assert reader.records[-1]["reason"] == "interrupted"
    assert not folder.exists("run.json")
    assert main(["train", "--resume", "--out", "cut"]) == 0
    for name in (MODEL, "iterations.parquet", "epochs.parquet", "monitors.parquet"):
        expected = (tmp_path / "whole" / name).read_bytes()
        assert folder.read_bytes(name) == expected, name
    assert not folder.exists("live.jsonl")
    assert not folder.exists("control.jsonl")
