"""A range test before the search records its curve and reports its choice."""

import json

import pytest

import assay


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("range") / "run"
    tune = {"range_test": True, "num_trials": 3}
    return assay.train("iris", model="mlp", num_epochs=5, tune=tune, out=out)


def test_the_curve_is_recorded(run):
    (test,) = json.loads((run.path / "range_test.json").read_text()).values()
    assert len(test["learning_rates"]) == len(test["costs"]) == len(test["smoothed"])
    assert test["learning_rate"] in test["learning_rates"]
    assert test["rule"] == "valley"


def test_the_search_stays_around_the_proposal_and_reports_it(run):
    (test,) = json.loads((run.path / "range_test.json").read_text()).values()
    rate = run.summary["tune"]["values"]["optimizer.learning_rate"]
    assert test["learning_rate"] / 5 <= rate <= 2 * test["learning_rate"]
    assert f"learning rate of {test['learning_rate']:.3g}" in " ".join(str(run).split())
