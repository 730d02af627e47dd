"""A search from Python: the same trials as within a run, and no look at test."""

import pytest

import assay

ASKED = {"model": "mlp", "num_epochs": 6, "seed": 2}


@pytest.fixture(scope="module")
def found():
    return assay.tune("iris", trials=4, **ASKED)


def test_finds_what_a_run_finds(found, tmp_path):
    run = assay.train("iris", trials=4, runs=tmp_path, **ASKED)
    told = run.summary["tune"]
    assert told["num_trials"] == len(found.trials) == 4
    assert told["best_trial"] == found.best.number
    assert not hasattr(found, "test")


def test_its_experiment_asks_for_the_best(found):
    asked = found.experiment
    assert asked.spaces() == {}
    assert asked.optimizer.learning_rate == found.best.values["optimizer.learning_rate"]
    assert asked.data == "iris"


def test_prints_its_trials_from_the_best_down(found):
    lines = repr(found).splitlines()
    assert lines[0].startswith("iris: 4 trials on ")
    assert lines[0].endswith("stay sealed")
    assert lines[2].startswith(f"* {found.best.number:>5}")
    assert max(map(len, lines)) <= 160


def test_goes_on_in_the_same_file(found, tmp_path):
    study = tmp_path / "study.db"
    assay.tune("iris", trials=3, study=study, **ASKED)
    told = []

    class Observer(assay.Observer):
        def progress(self, done, total, message):
            told.append((done, total))

    again = assay.tune("iris", trials=4, study=study, observer=Observer(), **ASKED)
    assert told == [(4, 4)]
    assert len(again.trials) == 4


def test_bad_input_is_told_at_once():
    with pytest.raises(assay.InputError) as told:
        assay.tune("irsi")
    assert "iris" in told.value.faults[0]
