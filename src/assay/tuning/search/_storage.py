"""Stores studies in a SQLite file, which several processes may share."""

import sqlite3
import time
from pathlib import Path

import optuna

from assay._errors import InputError, fault
from assay.tuning.search._own_storage import OwnStorage

__all__ = ["Storage", "open_storage"]

_MOMENT_SECONDS = 0.2
_TRIES = 20
_CREATED_BY_ANOTHER = ("UNIQUE constraint failed", "already exists", "locked")
_WRITE_TIMEOUT_SECONDS = 60  # to wait until other processes have written

Storage = optuna.storages.BaseStorage


def open_storage(path: str | Path, *, shared: bool = True) -> Storage:
    """Open a SQLite file of studies, creating it if necessary.

    If several processes create the file at the same time, the later ones retry.

    Args:
        path: path of the file.
        shared: whether other processes may use the file at the same time. If not, each
            group of trials is written in one go, which is much faster.

    Raises:
        InputError: the file cannot be written or does not contain studies.
    """
    if not shared:
        return OwnStorage(path, open_storage(path) if Path(path).exists() else None)
    for tries_left in reversed(range(_TRIES)):
        try:
            return _connect(path)
        except Exception as error:
            cause = error.__cause__
            if not isinstance(cause, sqlite3.Error):
                raise
            words = str(cause)
            if not tries_left or not any(w in words for w in _CREATED_BY_ANOTHER):
                rule = "is_writable_sqlite_file(study)"
                fix = f"SQLite reports: {words}. Choose another file."
                raise InputError(fault(rule, "study", str(path), fix)) from error
            time.sleep(_MOMENT_SECONDS)
    raise AssertionError("the last try returns or raises")


def _connect(path: str | Path) -> Storage:
    storage = optuna.storages.RDBStorage(
        f"sqlite:///{path}",
        engine_kwargs={"connect_args": {"timeout": _WRITE_TIMEOUT_SECONDS}},
        # a new file has no version to check
        skip_compatibility_check=not Path(path).exists(),
    )
    return optuna.storages.get_storage(storage)  # adds a cache
