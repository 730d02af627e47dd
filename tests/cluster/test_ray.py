"""Trainings on two nodes give the same bits as on one machine."""

import sys
from dataclasses import replace

import numpy as np
import pytest

import assay
from assay import spec
from assay._errors import InputError, Interrupted
from assay.cluster import RayWorkers, open_workers
from assay.experiment import Observer, race, replay
from assay.training import Checkpoints, Workers
from assay.tuning import Candidate, Racer, search
from assay.tuning.race._attempts import Attempt, time_epoch

SETTINGS = {
    "model": [assay.Dense(24), assay.ReLU(), assay.Dropout(0.1)],
    "optimizer": assay.Adam(assay.log(1e-4, 1e-1)),
    "num_epochs": 600,
    "members": 2,
}


class After(Observer):
    """Acts after the first trial."""

    def __init__(self, act):
        self.acts = [act]

    def progress(self, done, total, text=""):
        while self.acts:
            self.acts.pop()()


def without_times(trials):
    return [{**trial, "duration_seconds": 0} for trial in trials]


@pytest.mark.slow
def test_a_stopped_search_can_be_resumed_elsewhere(connected, tmp_path):
    def interrupt():
        raise KeyboardInterrupt

    settings = SETTINGS | {"num_epochs": 20}
    experiment = assay.Experiment(data="iris", **settings, tune={"num_trials": 2})
    with pytest.raises(Interrupted, match="To resume"):
        experiment.run(out=tmp_path / "run", observer=After(interrupt), on="ray")
    run = experiment.run(out=tmp_path / "run", resume=True)
    assert replay(run.path).differences == ()


@pytest.mark.slow
def test_a_stack_is_one_task(connected, training_data):
    asked = spec.Training(
        model=(),
        cost="binary_cross_entropy",
        optimizer=spec.SGD(spec.Log(1e-3, 1.0)),
        regularizers=(),
        batch_size="all",
        num_epochs=27,
    )
    tune = spec.Tune(together="stacked", group_size=4, pruner="halving")

    def trials(workers):
        found = search(
            Candidate("net", asked, 8),
            seed=0,
            training_data=training_data,
            tune=tune,
            checkpoints=Checkpoints(workers=workers),
        )
        return [replace(trial, duration_seconds=0.0) for trial in found.trials]

    with RayWorkers() as workers:
        assert workers.count == 2
        assert trials(workers) == trials(Workers())


@pytest.mark.slow
def test_contestants_race_on_the_nodes(connected):
    how = {"optimizers": ["sgd", "adam"], "seeds": 1, "epochs": 4}
    there, here = race("iris", on="ray", **how).race, race("iris", **how).race
    assert [one.tries for one in there.tuned] == [one.tries for one in here.tuned]
    for ours, theirs in zip(here.curves, there.curves, strict=True):
        _, own, other = np.intersect1d(
            ours.updates, theirs.updates, return_indices=True
        )
        assert len(own) > 2
        assert (ours.val_cost[own] == theirs.val_cost[other]).all()


@pytest.mark.slow
def test_an_error_of_a_task_is_raised_here(connected, training_data):
    training = spec.Training(
        model=(spec.Dense(4), spec.BatchNorm()),
        cost="binary_cross_entropy",
        regularizers=(),
    )
    attempt = Attempt(Racer("sgd@1", spec.SGD(), 1), rate=0.1, epochs=1, seed=0)
    with RayWorkers() as workers, pytest.raises(InputError, match="batch_size >= 2"):
        list(workers.map(time_epoch, training_data, training, [attempt]))


@pytest.mark.faults
@pytest.mark.slow
def test_no_trial_is_lost_with_a_node(cluster, tmp_path):
    """Trials, folds and members give the same result although one node is killed."""
    lost = sorted(cluster.worker_nodes, key=str)[0]
    kill = After(lambda: cluster.remove_node(lost, allow_graceful=False))
    experiment = assay.Experiment(data="iris", **SETTINGS, tune={"num_trials": 6})
    run = experiment.run(out=tmp_path / "run", observer=kill, on="ray")
    assert not kill.acts
    again = replay(run.path)  # on this machine
    assert again.differences == ()


def test_without_ray_the_message_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"pip install 'assay\[ray\]'"):
        open_workers("ray")


@pytest.mark.parametrize("on", ["rey", "ray:", "ray://", ""])
def test_an_unknown_place_is_named(on):
    with pytest.raises(InputError, match="`on` must be") as told:
        open_workers(on)
    assert repr(on) in str(told.value)


def test_this_machine_is_the_default():
    assert type(open_workers(None)) is Workers
