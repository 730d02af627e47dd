"""Stores the studies of a process in memory and saves them to a SQLite file.

Optuna takes a second to open a file and about 20 ms to store a trial in it. Either
takes longer than training a small network, so Optuna's storage is used only if several
processes share the file.
"""

import json
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import distribution_to_json
from optuna.storages import BaseStorage, InMemoryStorage
from optuna.trial import FrozenTrial, TrialState

__all__ = ["OwnStorage"]

_WRITE_TIMEOUT_SECONDS = 60

# These are the same tables as Optuna's, so its storages and dashboards can open the
# file.
_SCHEMA_VERSION, _REVISION = 12, "v3.2.0.a"
_TABLES = """
CREATE TABLE studies (study_id INTEGER NOT NULL, study_name VARCHAR(512) NOT NULL,
 PRIMARY KEY (study_id));
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE TABLE version_info (version_info_id INTEGER NOT NULL, schema_version INTEGER,
 library_version VARCHAR(256), PRIMARY KEY (version_info_id),
 CHECK (version_info_id=1));
CREATE TABLE study_directions (study_direction_id INTEGER NOT NULL,
 direction VARCHAR(8) NOT NULL, study_id INTEGER NOT NULL, objective INTEGER NOT NULL,
 PRIMARY KEY (study_direction_id), UNIQUE (study_id, objective),
 FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE TABLE study_user_attributes (study_user_attribute_id INTEGER NOT NULL,
 study_id INTEGER, "key" VARCHAR(512), value_json TEXT,
 PRIMARY KEY (study_user_attribute_id), UNIQUE (study_id, "key"),
 FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE TABLE study_system_attributes (study_system_attribute_id INTEGER NOT NULL,
 study_id INTEGER, "key" VARCHAR(512), value_json TEXT,
 PRIMARY KEY (study_system_attribute_id), UNIQUE (study_id, "key"),
 FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE TABLE trials (trial_id INTEGER NOT NULL, number INTEGER, study_id INTEGER,
 state VARCHAR(8) NOT NULL, datetime_start DATETIME, datetime_complete DATETIME,
 PRIMARY KEY (trial_id), FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE INDEX ix_trials_study_id ON trials (study_id);
CREATE TABLE trial_user_attributes (trial_user_attribute_id INTEGER NOT NULL,
 trial_id INTEGER, "key" VARCHAR(512), value_json TEXT,
 PRIMARY KEY (trial_user_attribute_id), UNIQUE (trial_id, "key"),
 FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_system_attributes (trial_system_attribute_id INTEGER NOT NULL,
 trial_id INTEGER, "key" VARCHAR(512), value_json TEXT,
 PRIMARY KEY (trial_system_attribute_id), UNIQUE (trial_id, "key"),
 FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_params (param_id INTEGER NOT NULL, trial_id INTEGER,
 param_name VARCHAR(512), param_value FLOAT, distribution_json TEXT,
 PRIMARY KEY (param_id), UNIQUE (trial_id, param_name),
 FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL, trial_id INTEGER NOT NULL,
 objective INTEGER NOT NULL, value FLOAT, value_type VARCHAR(7) NOT NULL,
 PRIMARY KEY (trial_value_id), UNIQUE (trial_id, objective),
 FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_intermediate_values (trial_intermediate_value_id INTEGER NOT NULL,
 trial_id INTEGER NOT NULL, step INTEGER NOT NULL, intermediate_value FLOAT,
 intermediate_value_type VARCHAR(7) NOT NULL,
 PRIMARY KEY (trial_intermediate_value_id), UNIQUE (trial_id, step),
 FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_heartbeats (trial_heartbeat_id INTEGER NOT NULL,
 trial_id INTEGER NOT NULL, heartbeat DATETIME NOT NULL,
 PRIMARY KEY (trial_heartbeat_id), UNIQUE (trial_id),
 FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
 CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
"""


class OwnStorage(InMemoryStorage):
    """An Optuna storage in memory that is saved to a SQLite file.

    `save` appends finished trials in one transaction. Running trials are not saved,
    because a later process proposes the same ones again.

    Args:
        path: path of the file, which is created by the first `save`.
        saved: storage of the same file, from which the studies are copied; None if the
            file does not exist yet.
    """

    def __init__(self, path: str | Path, saved: BaseStorage | None = None) -> None:
        super().__init__()
        self._path = Path(path)
        self._places: dict[int, int] = {}  # maps study ids in memory to ids in the file
        self._saved: set[tuple[int, int]] = set()  # study id in memory, trial number
        if saved is not None:
            self._take_over(saved)

    def _take_over(self, saved: BaseStorage) -> None:
        for study in saved.get_all_studies():
            place = saved.get_study_id_from_name(study.study_name)
            own = self.create_new_study(study.directions, study.study_name)
            for trial in saved.get_all_trials(place):
                if not trial.state.is_finished():  # abandoned by an earlier process
                    identity = saved.get_trial_id_from_study_id_trial_number(
                        place, trial.number
                    )
                    saved.set_trial_state_values(identity, TrialState.FAIL)
                    trial.state = TrialState.FAIL
                self.create_new_trial(own, trial)
                self._saved.add((own, trial.number))
            self._places[own] = place

    def save(self) -> None:
        """Append to the file all trials that have finished since the last call."""
        with _transaction(self._path) as file:
            for study in self.get_all_studies():
                own = self.get_study_id_from_name(study.study_name)
                if own not in self._places:
                    self._places[own] = _insert_study(file, study.study_name)
                for trial in self.get_all_trials(own, deepcopy=False):
                    is_saved = (own, trial.number) in self._saved
                    if trial.state.is_finished() and not is_saved:
                        _insert_trial(file, self._places[own], trial)
                        self._saved.add((own, trial.number))


@contextmanager
def _transaction(path: Path) -> Generator[sqlite3.Connection]:
    """Context manager for a transaction, which saves either all changes or none."""
    connection = sqlite3.connect(
        path, timeout=_WRITE_TIMEOUT_SECONDS, isolation_level=None
    )
    with closing(connection) as file:
        file.execute("BEGIN IMMEDIATE")
        if file.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
            for table in filter(str.strip, _TABLES.split(";")):
                file.execute(table)
            _insert(file, "version_info", 1, _SCHEMA_VERSION, optuna.__version__)
            _insert(file, "alembic_version", _REVISION)
        yield file
        file.execute("COMMIT")


def _insert(file: sqlite3.Connection, table: str, *values: Any) -> int:
    """Insert a row and return its id. A first value of None creates a new id."""
    marks = ", ".join("?" * len(values))
    return file.execute(f"INSERT INTO {table} VALUES ({marks})", values).lastrowid or 0


def _insert_study(file: sqlite3.Connection, name: str) -> int:
    study = _insert(file, "studies", None, name)
    _insert(file, "study_directions", None, "MINIMIZE", study, 0)
    return study


def _insert_trial(file: sqlite3.Connection, study: int, trial: FrozenTrial) -> None:
    times = [
        None if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S.%f")
        for moment in (trial.datetime_start, trial.datetime_complete)
    ]
    place = _insert(file, "trials", None, trial.number, study, trial.state.name, *times)
    for name, value in trial.params.items():
        distribution = trial.distributions[name]
        number = distribution.to_internal_repr(value)
        form = distribution_to_json(distribution)
        _insert(file, "trial_params", None, place, name, number, form)
    for objective, value in enumerate(trial.values or ()):
        _insert(file, "trial_values", None, place, objective, value, "FINITE")
    for step, value in trial.intermediate_values.items():
        _insert(file, "trial_intermediate_values", None, place, step, value, "FINITE")
    for name, value in trial.user_attrs.items():
        form = json.dumps(value)
        _insert(file, "trial_user_attributes", None, place, name, form)
