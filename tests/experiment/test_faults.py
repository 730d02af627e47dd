"""Mistakes leave no files, and diverging trials are reported as a finding."""

import dataclasses
import json

import numpy as np
import pytest

import assay
from assay import InputError, RunError, spec
from assay.records import RunFolder

BAD = {
    "no such file": ({"data": "cell.csv"}, "`source.exists()` must hold"),
    "no such set": ({"data": "irys"}, "Did you mean 'iris'?"),
    "no such column": ({"target": "knd"}, "Did you mean 'kind'?"),
    "cost of another task": (
        {"cost": "squared_error"},
        "cannot be used for binary tasks",
    ),
    "groups of no column": (
        {"split": {"by": "group", "column": "ownr"}},
        "column='ownr'",
    ),
    "times that are words": ({"split": {"by": "time", "column": "color"}}, "split by"),
    "no such initializer": (
        {"model": [spec.Dense(3, initializer="hee")]},
        "Did you mean 'he'?",
    ),
    "task that the target is not": (
        {"task": "regression"},
        "Regression requires numbers",
    ),
    "parts without a row": (
        {"split": {"train": 0.992, "val": 0.004, "test": 0.004}},
        "`min(sizes) >= 1` must hold",
    ),
    "columns ignored that are not": ({"ignore": ["sise"]}, "Did you mean 'size'?"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_writes_nothing(make_experiment, cells, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    changes, message = BAD[name]
    fields = {"data": cells(), "target": "kind"} | changes
    with pytest.raises(InputError) as caught:
        make_experiment(**fields).run(runs="runs")
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_all_faults_of_a_spec_are_reported_together():
    with pytest.raises(InputError) as caught:
        assay.train(
            "iris",
            seed=-1,
            optimizer={"kind": "adm"},
            model=[{"kind": "dense", "units": 0}],
            trials=0,
        )
    faults = caught.value.faults
    assert len(faults) == 4
    for part in ("seed", "Did you mean 'adam'?", "model[0].units", "tune.num_trials"):
        assert any(part in message for message in faults)


UNSTABLE = {
    "optimizer": spec.SGD(spec.Log(1e-3, 1e9)),
    "regularizers": [],
    "num_epochs": 80,
    "tune": spec.Tune(num_trials=6, sampler="random"),
}


def test_trials_that_diverge_are_a_finding(run_quickly, prices):
    run = run_quickly(prices(), **UNSTABLE)
    trials = run.folder.events("trial")
    states = [trial["state"] for trial in trials]
    assert set(states) == {"complete", "failed"}
    (finding,) = [f for f in run.findings if f.code == "diverged"]
    failed = [trial for trial in trials if trial["state"] == "failed"]
    assert finding.numbers["num_diverged"] == len(failed)
    assert finding.numbers["num_trials"] == 6
    rates = [trial["hyperparameters"]["optimizer.learning_rate"] for trial in failed]
    assert finding.numbers["learning_rates"] == rates
    assert [trial["value"] for trial in failed] == [None] * len(failed)
    # the fix can be pasted, and its space lies below every rate that diverged
    fix, _, _ = finding.remedy.partition(" (in Python, ")
    path, _, space = fix.partition(" = ")
    assert path == "optimizer.learning_rate"
    narrowed = spec.SGD(space.strip('"')).learning_rate
    assert narrowed.high < min(rates)
    chosen = run.summary["hyperparameters"]["optimizer.learning_rate"]
    assert chosen not in rates
    iterations = run.folder.read_parquet("iterations.parquet")
    first = failed[0]["trial"]
    costs = iterations["cost"][iterations["trial"] == first]
    assert len(costs) < 80
    assert not np.isfinite(costs[-1])


def test_if_all_diverge_the_run_ends_with_a_message(run_quickly, prices, tmp_path):
    fields = UNSTABLE | {"optimizer": spec.SGD(spec.Log(1e7, 1e9))}
    with pytest.raises(RunError, match="All 6 trials diverged"):
        run_quickly(prices(), out=tmp_path / "here", **fields)
    folder = RunFolder.open(tmp_path / "here")
    assert [event["state"] for event in folder.events("trial")] == ["failed"] * 6
    assert not folder.exists("ledger.jsonl")


def test_a_refit_that_diverges_leaves_the_seal_shut(
    run_quickly, cells, tmp_path, monkeypatch
):
    from assay.experiment import _refit

    prepare_rows = _refit.prepare_rows

    def exploding(data):
        prepared = prepare_rows(data)
        train = prepared.training_data.train
        train = train._replace(inputs=train.inputs * np.float32(np.inf))
        training_data = dataclasses.replace(prepared.training_data, train=train)
        return dataclasses.replace(prepared, training_data=training_data)

    monkeypatch.setattr(_refit, "prepare_rows", exploding)
    with pytest.raises(RunError, match="Training on train . val diverged at iteration"):
        run_quickly(cells(), out=tmp_path / "here")
    assert not (tmp_path / "here" / "ledger.jsonl").exists()
    assert not (tmp_path / "here" / "run.json").exists()


def test_findings_come_in_the_order_of_the_stages_and_reach_the_observer(
    run_quickly, cells
):
    heard = []

    class Listener(assay.Observer):
        def finding(self, finding):
            heard.append(finding)

    run = run_quickly(cells(), observer=Listener())
    assert heard == run.findings
    codes = [finding.code for finding in heard]
    assert codes[0] == "examples_per_class"
    # of the search, and of the check-up after the refit
    assert codes.index("examples_per_parameter") < codes.index("underfitting")


def test_a_search_in_which_all_diverge_has_a_finding_in_its_folder(tmp_path):
    fields = {"model": [assay.Dense(4)], "optimizer": assay.SGD(1e9), "trials": 1}
    with pytest.raises(assay.RunError, match="The only trial diverged"):
        assay.train("diabetes", out=tmp_path / "run", **fields)
    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    findings = [event["finding"] for event in events if event["kind"] == "finding"]
    assert findings[-1]["code"] == "every_trial_diverged"
    assert findings[-1]["severity"] == "error"
    assert "learning_rate" in findings[-1]["remedy"]
