"""What cannot be run writes nothing; trials that diverge are a finding."""

import dataclasses
import json

import numpy as np
import pytest

import assay
from assay import InputError, RunError, spec
from assay.records import RunFolder

BAD = {
    "no such file": ({"data": "cell.csv"}, "`source exists` must hold"),
    "no such set": ({"data": "irys"}, "Did you mean 'iris'?"),
    "no such column": ({"target": "knd"}, "Did you mean 'kind'?"),
    "cost of another task": ({"cost": "squared_error"}, "`cost is for binary` must"),
    "groups of no column": (
        {"split": {"by": "group", "column": "ownr"}},
        "column='ownr'",
    ),
    "times that are words": ({"split": {"by": "time", "column": "color"}}, "split by"),
    "no such initializer": (
        {"model": [spec.Dense(3, initializer="hee")]},
        "Did you mean 'he'?",
    ),
    "task that the target is not": ({"task": "regression"}, "is a number for"),
    "parts without a row": (
        {"split": {"train": 0.992, "val": 0.004, "test": 0.004}},
        "`every part has a row` must hold",
    ),
    "columns ignored that are not": ({"ignore": ["sise"]}, "Did you mean 'size'?"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_writes_nothing(ask, cells, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    changes, told = BAD[name]
    asked = {"data": cells(), "target": "kind"} | changes
    with pytest.raises(InputError) as caught:
        ask(**asked).run(runs="runs")
    assert told in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_faults_of_a_spec_are_told_at_once():
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


def test_trials_that_diverge_are_a_finding(quickly, prices):
    run = quickly(prices(), **UNSTABLE)
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
    # what is proposed can be pasted, and lies below all that diverged
    path, _, space = finding.remedy.partition(" = ")
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


def test_if_all_diverge_the_run_ends_with_a_message(quickly, prices, tmp_path):
    asked = UNSTABLE | {"optimizer": spec.SGD(spec.Log(1e7, 1e9))}
    with pytest.raises(RunError, match="every one of 6 trials diverged"):
        quickly(prices(), out=tmp_path / "here", **asked)
    folder = RunFolder.open(tmp_path / "here")
    assert [event["state"] for event in folder.events("trial")] == ["failed"] * 6
    assert not folder.exists("ledger.jsonl")


def test_a_refit_that_diverges_leaves_the_seal_shut(
    quickly, cells, tmp_path, monkeypatch
):
    from assay.experiment import _protocol

    prepare = _protocol.prepare

    def exploding(dataset, split, asked, start=None):
        prepared = prepare(dataset, split, asked, start)
        if len(split.val):
            return prepared
        train = prepared.training_data.train
        train = train._replace(inputs=train.inputs * np.float32(np.inf))
        training_data = dataclasses.replace(prepared.training_data, train=train)
        return dataclasses.replace(prepared, training_data=training_data)

    monkeypatch.setattr(_protocol, "prepare", exploding)
    with pytest.raises(RunError, match="training on train . val diverged at iteration"):
        quickly(cells(), out=tmp_path / "here")
    assert not (tmp_path / "here" / "ledger.jsonl").exists()
    assert not (tmp_path / "here" / "run.json").exists()


def test_findings_on_the_data_come_first_and_reach_the_observer(quickly, cells):
    told = []

    class Listening(assay.Observer):
        def finding(self, finding):
            told.append(finding)

    run = quickly(cells(), observer=Listening())
    assert told == run.findings
    assert told[0].code == "examples_per_class"
    assert told[-1].code == "examples_per_parameter"


def test_a_search_in_which_all_diverge_says_so_in_its_folder(tmp_path):
    asked = {"model": [assay.Dense(4)], "optimizer": assay.SGD(1e9), "trials": 1}
    with pytest.raises(assay.RunError, match="the only trial diverged"):
        assay.train("diabetes", out=tmp_path / "run", **asked)
    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in lines]
    found = [event["finding"] for event in told if event["kind"] == "finding"]
    assert found[-1]["code"] == "every_trial_diverged"
    assert found[-1]["severity"] == "error"
    assert "learning_rate" in found[-1]["remedy"]
