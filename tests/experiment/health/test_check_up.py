"""The check-up stops a failed training before the seal, and mends it on request."""

import pytest
from flax import nnx

import assay
from assay import RunError
from assay.cli import main
from assay.experiment import examine_run, load
from assay.records import RunFolder

_DEEP = [layer for _ in range(6) for layer in (assay.Dense(16), assay.Sigmoid())]
_FIELDS = {"model": _DEEP, "trials": 1, "num_epochs": 20, "optimizer": "adam"}


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """A run that stopped before the test set was opened."""
    runs = tmp_path_factory.mktemp("failed")
    with pytest.raises(RunError) as error:
        assay.train("wine", runs=runs, **_FIELDS)
    return runs / "wine-1", str(error.value)


def test_a_failed_training_stops_before_the_seal(failed):
    folder, message = failed
    assert "so the test set stays sealed" in message
    assert "the gradient norm of 'dense1'" in message
    assert "fix=True" in message
    assert not (folder / "run.json").exists()
    assert not (folder.parent / "ledger.jsonl").exists()


def test_the_test_part_can_be_opened_anyway_when_the_run_is_resumed(
    failed, tmp_path, capsys
):
    import shutil

    folder = tmp_path / "wine-1"
    shutil.copytree(failed[0], folder)
    assert main(["train", "--resume", "--out", str(folder), "--open-anyway"]) == 0
    assert "TEST" in capsys.readouterr().out
    codes = [finding["code"] for finding in RunFolder(folder).summary()["findings"]]
    assert "vanishing_gradients" in codes


def test_a_fault_is_mended_and_the_mend_is_told(tmp_path):
    run = assay.train("wine", runs=tmp_path, fix=True, **_FIELDS)
    assert run.test.value > 0.8
    finding = next(f for f in run.findings if f.code == "vanishing_gradients")
    kept = [tried for tried in finding.numbers["remedies"] if tried["kept"]]
    assert len(kept) == 1
    assert kept[0]["error_after"] < kept[0]["error_before"] - 0.3
    assert "The mean validation error over 5 seeds fell" in finding.message
    assert run.model.training.model != tuple(_DEEP)


def test_a_finished_run_is_examined_without_opening_its_test_part(tmp_path):
    run = assay.train("wine", runs=tmp_path, model="linear", trials=1)
    ledger = (tmp_path / "ledger.jsonl").read_text()
    examination = examine_run(load(run.path))
    assert not examination.serious
    assert examination.experiment is None
    assert (tmp_path / "ledger.jsonl").read_text() == ledger


def test_the_command_prints_the_diagnosis(failed, tmp_path, capsys):
    assert main(["doctor", str(failed[0])]) == 0
    out = capsys.readouterr().out
    assert "the test set stays sealed" in out
    assert "first layers hardly learn" in out
    assert f"assay doctor {failed[0]} --fix" in out


def test_the_command_needs_a_run_or_the_system(capsys):
    assert main(["doctor"]) == 2
    assert "RUN is missing. Use: assay doctor runs/digits-1" in capsys.readouterr().err


def test_a_rate_at_which_all_trials_diverge_is_mended(tmp_path):
    fields = {"model": [assay.Dense(8), assay.ReLU()], "optimizer": assay.SGD(1e9)}
    run = assay.train(
        "wine", runs=tmp_path, trials=1, num_epochs=30, fix=True, **fields
    )
    assert run.test.value > 0.8
    codes = [finding.code for finding in run.findings]
    assert {"every_trial_diverged", "learning_rate_too_large"} <= {*codes}
    rate = run.summary["hyperparameters"]["optimizer.learning_rate"]
    assert rate == assay.SGD().learning_rate


def test_a_run_on_changed_data_is_not_examined(tmp_path):
    path = tmp_path / "cells.csv"
    rows = [f"{i % 7},{i % 2}\n" for i in range(60)]
    path.write_text("size,kind\n" + "".join(rows))
    fields = {"model": "linear", "trials": 1, "num_epochs": 3}
    run = assay.train(str(path), target="kind", runs=tmp_path, **fields)
    path.write_text("size,kind\n" + "".join(rows[::-1]))
    with pytest.raises(assay.InputError, match="changed"):
        examine_run(load(run.path))


def test_a_custom_network_is_treated_only_by_what_applies_to_it(tmp_path):
    class Deep(nnx.Module):
        def __init__(self, input_shape, num_outputs, *, rngs):
            sizes = [*input_shape, 8, 8, 8, 8]
            pairs = zip(sizes, sizes[1:], strict=False)
            self.hidden = nnx.List([nnx.Linear(i, o, rngs=rngs) for i, o in pairs])
            self.out = nnx.Linear(8, num_outputs, rngs=rngs)

        def __call__(self, x):
            for layer in self.hidden:
                x = nnx.sigmoid(layer(x))
            return self.out(x)

    options = {"trials": 1, "num_epochs": 20, "optimizer": assay.SGD(1e-4)}
    run = assay.train(
        "wine", model=Deep, runs=tmp_path, fix=True, open_anyway=True, **options
    )
    tried = [t for f in run.findings for t in f.numbers.get("remedies", ())]
    assert {t["name"] for t in tried} & {"higher_rate", "longer"}
    assert not {t["name"] for t in tried} & {"relu", "batch_norm", "normalize_inputs"}
