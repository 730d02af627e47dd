"""Opens the storage for studies. Several processes may share a storage."""

import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import optuna

from assay._errors import AssayError, InputError, fault
from assay.tuning.search.storage._own_storage import OwnStorage
from assay.tuning.search.storage._server import connect, is_address, masked

__all__ = ["Storage", "open_storage"]

_MOMENT_SECONDS = 0.2
_TRIES = 20
_CREATED_BY_ANOTHER = (
    *("UNIQUE constraint failed", "locked"),  # SQLite
    "duplicate key value",  # PostgreSQL
    "already exists",
)
_WRITE_TIMEOUT_SECONDS = 60  # maximum wait for other processes that are writing

Storage = optuna.storages.BaseStorage


def open_storage(
    study: str | Path, *, shared: bool = True, heartbeat_seconds: int | None = None
) -> Storage:
    """Open the studies in a SQLite file or on a PostgreSQL server.

    The file or the tables are created if necessary. If several processes create them
    at the same time, the later ones retry.

    Args:
        study: path of a file, or address "postgresql://USER@HOST/NAME".
        shared: whether other processes may use the file at the same time. If not, each
            group of trials is written in one transaction, which is much faster.
        heartbeat_seconds: interval between the heartbeats of a running trial; ignored
            for files.

    Raises:
        InputError: the file cannot be written or does not contain studies, or the
            server cannot be reached.
    """
    if isinstance(study, str) and is_address(study):
        return _opened(
            partial(connect, study, heartbeat_seconds=heartbeat_seconds),
            lambda words: InputError(
                f"The study {masked(study)} cannot be opened. PostgreSQL reports: "
                f"{words} Check the address, and the password in PGPASSWORD or "
                "~/.pgpass."
            ),
        )
    if not shared:
        return OwnStorage(study, open_storage(study) if Path(study).exists() else None)
    rule = "is_writable_sqlite_file(study)"
    return _opened(
        partial(_connect, study),
        lambda words: InputError(
            fault(
                rule,
                "study",
                str(study),
                f"SQLite reports: {words}. Choose another file.",
            )
        ),
    )


def check_place(study: str | Path | None) -> None:
    """Raise an InputError unless a study is a valid path or on a supported server."""
    if study is None or is_address(study):
        return
    scheme, is_url, _ = str(study).partition("://")
    if is_url:
        raise InputError(
            f"A study cannot be stored at {scheme}://. Use the path of a file, such as "
            "study.db, or postgresql://USER@HOST/NAME"
        )
    if Path(study).is_dir() or not Path(study).parent.is_dir():
        raise InputError(
            f"The study {str(study)!r} is a folder or is in a folder that does not "
            "exist. Use the path of a file, such as study.db."
        )


def _opened(
    connect: Callable[[], Storage], error_of: Callable[[str], AssayError]
) -> Storage:
    for tries_left in reversed(range(_TRIES)):
        try:
            return connect()
        except Exception as error:
            words = _words_of(error.__cause__ or error)
            if words is None:
                raise
            if not tries_left or not any(w in words for w in _CREATED_BY_ANOTHER):
                raise error_of(words) from error
            time.sleep(_MOMENT_SECONDS)
    raise AssertionError("the last attempt returns or raises")


def _words_of(cause: BaseException) -> str | None:
    """Return the message of a database error, or None for any other error."""
    is_postgresql = type(cause).__module__.startswith("psycopg")
    if not is_postgresql and not isinstance(cause, sqlite3.Error):
        return None
    words = " ".join(str(cause).split())
    return words if words.endswith((".", "?")) or not is_postgresql else f"{words}."


def _connect(path: str | Path) -> Storage:
    storage = optuna.storages.RDBStorage(
        f"sqlite:///{path}",
        engine_kwargs={"connect_args": {"timeout": _WRITE_TIMEOUT_SECONDS}},
        # a new file has no version to check
        skip_compatibility_check=not Path(path).exists(),
    )
    return optuna.storages.get_storage(storage)  # adds a cache
