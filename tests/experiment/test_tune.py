"""A search from Python runs the same trials as a run and keeps the test set sealed."""

import pytest

import assay

FIELDS = {"model": "mlp", "num_epochs": 6, "seed": 2}


@pytest.fixture(scope="module")
def tuning():
    return assay.tune("iris", trials=4, **FIELDS)


def test_a_search_selects_the_trial_that_a_run_selects(tuning, tmp_path):
    run = assay.train("iris", trials=4, runs=tmp_path, **FIELDS)
    record = run.summary["tune"]
    assert record["num_trials"] == len(tuning.trials) == 4
    assert record["best_trial"] == tuning.best.number
    assert not hasattr(tuning, "test")


def test_its_experiment_has_the_best_setting(tuning):
    experiment = tuning.experiment
    assert experiment.spaces() == {}
    best_rate = tuning.best.values["optimizer.learning_rate"]
    assert experiment.optimizer.learning_rate == best_rate
    assert experiment.data == "iris"


def test_its_trials_are_printed_from_the_best_down(tuning):
    lines = repr(tuning).splitlines()
    assert lines[0].startswith("iris: 4 trials on ")
    assert lines[0].endswith("stay sealed")
    assert lines[2].startswith(f"* {tuning.best.number:>5}")
    assert len(lines) == 2 + len(tuning.trials) + len(tuning.selection.notes)


def test_a_search_continues_in_the_same_file(tmp_path):
    study = tmp_path / "study.db"
    assay.tune("iris", trials=3, study=study, **FIELDS)
    heard = []

    class Listener(assay.Observer):
        def progress(self, done, total, message):
            heard.append((done, total))

    again = assay.tune("iris", trials=4, study=study, observer=Listener(), **FIELDS)
    assert heard == [(4, 4)]
    assert len(again.trials) == 4


def test_bad_input_is_reported():
    with pytest.raises(assay.InputError) as caught:
        assay.tune("irsi")
    assert "iris" in caught.value.faults[0]


@pytest.mark.parametrize(
    ("study", "told"),
    [
        ("mysql://host/studies", "A study cannot be stored at mysql://."),
        ("sqlite:///study.db", "A study cannot be stored at sqlite://."),
        ("absent/study.db", "in a folder that does not exist"),
        (".", "The study '.' is a folder"),
    ],
)
def test_studies_that_cannot_be_stored_are_refused_first(study, told):
    for start in (assay.tune, assay.train):
        with pytest.raises(assay.InputError) as caught:
            start("absent.csv", study=study)
        assert told in str(caught.value)
