"""A study of a killed process has whole groups of results, and waits for nobody."""

import os
import shutil
import socket

import optuna
import pytest
import sqlalchemy

from assay import spec
from assay.tuning import Study, open_storage

SPACES = {"optimizer.learning_rate": spec.Log(1e-4, 1e-1)}


def go_on(asked, made, goal):
    """Propose and report groups of two trials up to a number of trials."""
    while len(asked.trials) < goal:
        group = [
            made(number, values["optimizer.learning_rate"], values=values)
            for number, values in asked.propose(2, goal)
        ]
        asked.report(group, maximize=False)
    return asked.trials


@pytest.fixture(scope="module")
def whole(made):
    """The trials of a search that was never killed."""
    return go_on(Study("net", SPACES, seed=0), made, 6)


@pytest.fixture(scope="module")
def killed(made, tmp_path_factory):
    """The files of studies that were killed before each commit of a report."""
    folder = tmp_path_factory.mktemp("studies")
    storage = open_storage(folder / "study.db")
    asked = Study("net", SPACES, seed=0, storage=storage)
    proposals = asked.propose(2, 6)
    group = [made(n, v["optimizer.learning_rate"], values=v) for n, v in proposals]
    copies = []

    def copy(connection):
        copies.append(folder / str(len(copies)) / "study.db")
        copies[-1].parent.mkdir()
        for path in folder.glob("study.db*"):  # with the journal of SQLite
            shutil.copy(path, copies[-1].parent / path.name)

    sqlalchemy.event.listen(sqlalchemy.engine.Engine, "commit", copy)
    asked.report(group, maximize=False)
    sqlalchemy.event.remove(sqlalchemy.engine.Engine, "commit", copy)
    return copies


def test_a_kill_while_results_are_stored_changes_no_proposal(made, whole, killed):
    lengths = []
    for path in killed:
        asked = Study("net", SPACES, seed=0, storage=open_storage(path))
        lengths.append(len(asked.trials))
        assert go_on(asked, made, 6) == whole
    # either the whole group was stored, or nothing of it
    assert lengths == [0] + [2] * (len(killed) - 1)
    assert len(killed) > 4


def test_trials_of_a_locked_run_have_no_owner(tmp_path):
    """Another process may have the number of the killed one, after a restart."""
    storage = open_storage(tmp_path / "study.db")
    Study("net", SPACES, seed=0, storage=storage)
    owner = [socket.gethostname(), os.getppid()]  # which is alive
    trial = optuna.trial.create_trial(
        state=optuna.trial.TrialState.RUNNING, user_attrs={"process": owner}
    )
    storage.create_new_trial(storage.get_study_id_from_name("net"), trial)
    assert Study("net", SPACES, seed=0, storage=storage).others_are_busy()
    own = open_storage(tmp_path / "study.db", shared=False)
    assert not Study("net", SPACES, seed=0, storage=own).others_are_busy()
