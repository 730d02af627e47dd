"""Proposals are within their spaces, depend on the seed, and can be resumed."""

import math
import os
import socket
import sqlite3
import subprocess
import sys

import optuna
import pytest

from assay import spec
from assay._errors import InputError
from assay.tuning import Study, open_storage

SPACES = {
    "optimizer.learning_rate": spec.Log(1e-4, 1e-1),
    "model[0].rate": spec.Uniform(0.1, 0.5),
    "batch_size": spec.Choice(32, 16, 64),
    "num_epochs": spec.Integer(3, 8),
}
MIDDLE = {
    "optimizer.learning_rate": 10**-2.5,
    "model[0].rate": 0.3,
    "batch_size": 32,
    "num_epochs": 5,
}


def study(seed=0, spaces=None, **how):
    return Study("net", SPACES if spaces is None else spaces, seed=seed, **how)


def worth(values):
    """Return a score that is lowest at a point inside the spaces."""
    rate = math.log10(values["optimizer.learning_rate"])
    return abs(rate + 2) + values["model[0].rate"] + values["num_epochs"] / 100


def go_on(asked, made, goal, size=4):
    """Propose and report groups up to a number of trials; return all trials."""
    while len(asked.trials) < goal:
        first = len(asked.trials)
        group = [
            made(first + place, worth(values), values=values)
            for place, values in asked.propose(size, 99)
        ]
        asked.report(group, maximize=False)
    return asked.trials


def test_the_first_proposal_is_the_middle_of_each_space():
    (_, first), (_, second) = study().propose(2, 99)
    assert first == pytest.approx(MIDDLE)
    assert second != first


def test_given_settings_are_proposed_first():
    rate, epochs = "optimizer.learning_rate", "num_epochs"
    settings = [
        {rate: 0.05, epochs: 7, "unknown": 1},
        {rate: 5.0, epochs: 8},  # this rate is outside of its space
        {rate: 0.05, epochs: 7},  # again
        {},
    ]
    proposals = [values for _, values in study(settings=settings).propose(4, 99)]
    assert proposals[0] == pytest.approx(MIDDLE | {rate: 0.05, epochs: 7})
    assert proposals[1] == pytest.approx(MIDDLE | {epochs: 8})
    assert proposals[2] == pytest.approx(MIDDLE)
    assert proposals[3] not in proposals[:3]


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_proposals_lie_in_their_spaces(made, sampler):
    found = [t.values for t in go_on(study(sampler=sampler), made, 32, size=8)]
    assert len(found) == 32
    for values in found:
        assert set(values) == set(SPACES)
        assert 1e-4 <= values["optimizer.learning_rate"] <= 1e-1
        assert 0.1 <= values["model[0].rate"] <= 0.5
        assert values["batch_size"] in (32, 16, 64)
        assert values["num_epochs"] in range(3, 9)
        assert isinstance(values["num_epochs"], int)
    assert {values["batch_size"] for values in found} == {16, 32, 64}
    rates = [values["optimizer.learning_rate"] for values in found]
    assert min(rates) < 1e-3 < 1e-2 < max(rates)  # in each decade, as on a log scale


def test_tpe_learns_from_what_it_is_told(made):
    found = go_on(study(), made, 40)
    early = sum(t.val_score for t in found[:10]) / 10
    late = sum(t.val_score for t in found[-10:]) / 10
    assert late < early


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_seed_alone_decides(made, tmp_path, sampler):
    def found(**how):
        return go_on(study(sampler=sampler, **how), made, 14, size=7)

    in_memory = found()
    assert found() == in_memory
    assert found(storage=open_storage(tmp_path / "study.db")) == in_memory
    other = found(seed=1)
    assert other[0].values == in_memory[0].values  # the middle
    pairs = zip(other[1:], in_memory[1:], strict=True)
    assert all(a.values != b.values for a, b in pairs)


@pytest.mark.parametrize("told", [0, 4, 12])  # tpe starts to learn at the tenth trial
def test_goes_on_as_if_it_had_not_stopped(made, tmp_path, told):
    whole = go_on(study(), made, 16)
    storage = open_storage(tmp_path / "study.db")
    stopped = study(storage=storage)
    assert go_on(stopped, made, told) == whole[:told]
    stopped.propose(4, 99)  # proposed but never reported
    again = study(storage=storage)
    assert again.trials == whole[:told]
    assert go_on(again, made, 16) == whole


def test_settings_asked_before_a_stop_are_asked_again(made, tmp_path):
    storage = open_storage(tmp_path / "study.db")
    asked = [study(storage=storage).propose(3, 99) for _ in range(3)]
    assert asked[1] == asked[0]
    assert asked[2] == asked[0]
    assert asked[0][0][1] == pytest.approx(MIDDLE)


def test_trials_without_a_score_are_told_but_not_learned_from(made):
    asked = study()
    settings = [values for _, values in asked.propose(4, 99)]
    scores = [0.3, math.nan, math.inf, -math.inf]
    group = [
        made(i, s, values=v)
        for i, (s, v) in enumerate(zip(scores, settings, strict=True))
    ]
    asked.report(group, maximize=False)
    assert [trial.number for trial in asked.trials] == [0, 1, 2, 3]
    assert asked.trials[0] == group[0]
    assert len(asked.propose(2, 99)) == 2


@pytest.mark.parametrize("told", [0, 4, 12])
def test_a_file_of_one_process_goes_on_as_if_it_had_not_stopped(made, tmp_path, told):
    whole = go_on(study(), made, 16)
    path = tmp_path / "study.db"
    stopped = study(storage=open_storage(path, shared=False))
    assert go_on(stopped, made, told) == whole[:told]
    stopped.propose(4, 99)  # proposed but never reported
    again = study(storage=open_storage(path, shared=False))
    assert again.trials == whole[:told]
    assert go_on(again, made, 16) == whole
    assert study(storage=open_storage(path)).trials == whole


def test_what_a_process_left_in_a_shared_file_is_done_again(made, tmp_path):
    whole = go_on(study(), made, 8)
    path = tmp_path / "study.db"
    shared = study(storage=open_storage(path))
    go_on(shared, made, 4)
    shared.propose(4, 99)  # left running
    own = study(storage=open_storage(path, shared=False))
    assert go_on(own, made, 8) == whole
    again = study(storage=open_storage(path))
    assert again.trials == whole
    assert not again.others_are_busy()


def contents(path):
    """Return the columns of all tables, and all values except ids and times."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    with sqlite3.connect(path) as file:
        tables = [name for (name,) in file.execute(names)]
        columns = {t: [*file.execute(f"PRAGMA table_info({t})")] for t in tables}
        indices = {t: [*file.execute(f"PRAGMA index_list({t})")] for t in tables}
        versions = [*file.execute("SELECT * FROM version_info, alembic_version")]
    file.close()
    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    trials = [
        (t.number, t.state, t.values, t.params, t.distributions, t.intermediate_values)
        for t in storage.get_all_trials(storage.get_study_id_from_name("net"))
    ]
    return columns, indices, versions, trials


def test_a_file_of_one_process_is_like_one_of_optuna(made, tmp_path):
    paths = [tmp_path / "own.db", tmp_path / "shared.db"]
    for path in paths:
        asked = study(storage=open_storage(path, shared=path.stem == "shared"))
        values = [setting for _, setting in asked.propose(4, 99)]
        group = [
            made(0, 0.3, values=values[0]),
            None,
            made(2, math.nan, values=values[2]),
            made(3, 0.5, values=values[3], state="pruned", rungs=(0.5, 0.4)),
        ]
        asked.report(group, maximize=False)
    assert contents(paths[0]) == contents(paths[1])


@pytest.mark.parametrize("shared", [True, False])
def test_studies_of_one_storage_do_not_mix(made, tmp_path, shared):
    storage = open_storage(tmp_path / "study.db", shared=shared)
    linear = Study("linear", SPACES, seed=0, storage=storage)
    go_on(linear, made, 4)
    rich = Study("mlp", SPACES, seed=0, storage=storage)
    assert rich.trials == []
    assert rich.propose(1, 99)[0][1] == pytest.approx(MIDDLE)
    assert len(linear.trials) == 4


def test_without_spaces_there_is_one_setting():
    assert study(spaces={}).propose(1, 99) == [(0, {})]


def test_a_file_that_is_no_study_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("no database " * 100)
    for path in (tmp_path / "notes.txt", tmp_path / "absent" / "study.db"):
        with pytest.raises(InputError, match="SQLite reports") as told:
            open_storage(path)
        assert str(path) in str(told.value)
    assert (tmp_path / "notes.txt").read_text() == "no database " * 100


def test_a_trial_of_nobody_is_given_up(tmp_path):
    """The process ended before it recorded its ownership."""
    storage = open_storage(tmp_path / "study.db")
    study(storage=storage)
    storage.create_new_trial(storage.get_study_id_from_name("net"))
    again = study(storage=storage)
    assert not again.others_are_busy()
    assert [number for number, _ in again.propose(2, 2)] == [0, 1]


def test_what_a_process_left_is_done_again_under_its_number(made, tmp_path):
    storage = open_storage(tmp_path / "study.db")
    go_on(study(storage=storage), made, 1, size=1)
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    owner = [socket.gethostname(), os.getppid()]  # which continues
    left = optuna.trial.create_trial(
        state=optuna.trial.TrialState.RUNNING, user_attrs={"process": owner}
    )
    identity = storage.create_new_trial(storage.get_study_id_from_name("net"), left)
    asked = study(storage=storage)
    group = [made(n, 0.5, values=v) for n, v in asked.propose(9, 4)]
    assert [trial.number for trial in group] == [2, 3]
    asked.report(group, maximize=False)
    assert asked.others_are_busy()
    storage.set_trial_user_attr(identity, "process", [owner[0], ended.pid])
    assert not asked.others_are_busy()
    assert [number for number, _ in asked.propose(9, 4)] == [1]
