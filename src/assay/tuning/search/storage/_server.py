"""Stores studies on a PostgreSQL server that several machines can share."""

import threading
import time
import warnings
import weakref
import zlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import optuna
from optuna.trial import FrozenTrial

from assay._errors import AssayError, InputError
from assay._extras import import_extra

if TYPE_CHECKING:  # importing SQLAlchemy takes 0.3 s, and only servers need it
    from sqlalchemy import URL, Engine

__all__ = [
    "alone",
    "beating",
    "close_storage",
    "connect",
    "is_address",
    "is_server",
    "masked",
    "record",
    "retry_stale",
    "retry_trial",
    "told_if_lost",
]

Storage = optuna.storages.BaseStorage

_SCHEMES = ("postgresql", "postgres")
_DRIVER = "postgresql+psycopg"
_HEARTBEAT_SECONDS = 5
_GRACE_SECONDS = 30  # time without a heartbeat before another process takes over
_MAX_RETRIES = 2  # limited, because a faulty trial may kill every process that runs it
_engines: "weakref.WeakKeyDictionary[Storage, Engine]"
_engines = weakref.WeakKeyDictionary()  # keyed by storage; only for storages on servers


def is_address(study: object) -> bool:
    """Return whether a study is on a server rather than in a file.

    Example:
        >>> is_address("postgresql://ann@host/studies"), is_address("study.db")
        (True, False)
    """
    return isinstance(study, str) and study.partition("://")[0] in _SCHEMES


def masked(address: str) -> str:
    """Return an address with its password masked, or a path unchanged.

    Example:
        >>> masked("postgresql://ann:secret@host/studies")
        'postgresql://ann:***@host/studies'
        >>> masked("postgresql://host/studies?password=secret")
        'postgresql://host/studies?password=***'
    """
    if not is_address(address):
        return address
    url = _url(address)
    if url is None:
        return f"{address.partition('://')[0]}://..."
    for name in url.query:
        if "password" in name:
            url = url.update_query_dict({name: "***"})
    return url.render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


def connect(address: str, *, heartbeat_seconds: int | None = None) -> Storage:
    """Connect to the studies on a server and create the tables if necessary.

    Args:
        address: "postgresql://USER@HOST/NAME". The password may also be set in
            PGPASSWORD or in the file ~/.pgpass.
        heartbeat_seconds: interval between the heartbeats of a running trial.

    Raises:
        InputError: the address is invalid, or the driver is not installed.
    """
    url = _url(address)
    if url is None:
        raise InputError(
            "The address of the study is invalid. Use --study "
            "postgresql://USER@HOST/NAME"
        )
    purpose = "A study on a PostgreSQL server"
    import_extra("psycopg", extra="postgresql", purpose=purpose)
    seconds = heartbeat_seconds or _HEARTBEAT_SECONDS
    with _experimental():
        storage = _ServerStorage(
            url.set(drivername=_DRIVER).render_as_string(hide_password=False),
            # the server may have closed connections that were idle during a trial
            engine_kwargs={"pool_pre_ping": True},
            heartbeat_interval=seconds,
            grace_period=_GRACE_SECONDS * seconds // _HEARTBEAT_SECONDS,
            heartbeat_stale_trial_callback=(
                optuna.storages.RetryHeartbeatStaleTrialCallback(_MAX_RETRIES)
            ),
        )
    cached = optuna.storages.get_storage(storage)
    _engines[cached] = storage.engine
    return cached


class _ServerStorage(optuna.storages.RDBStorage):
    """A storage on a server. Lost processes are detected by this process's clock.

    A trial is lost if its heartbeat has not changed during the grace period. Server
    times are compared only for equality, because the server's clock can be set back,
    and machines can use different time zones in their sessions.
    """

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(url, **options)
        self._beats: dict[int, dict[int, tuple[Any, float]]] = {}
        """Last heartbeat and when it was first seen, keyed by study and trial."""

    def _get_stale_trial_ids(self, study_id: int) -> list[int]:
        """Return the storage ids of lost trials. Replaces Optuna's own check."""
        now, known = time.monotonic(), self._beats.get(study_id, {})
        found: dict[int, tuple[Any, float]] = {}
        for trial, beat in self._running_beats(study_id).items():
            last = known.get(trial)
            found[trial] = last if last and last[0] == beat else (beat, now)
        self._beats[study_id] = found
        grace = self.grace_period or 0
        return [trial for trial, (_, since) in found.items() if now - since > grace]

    def _running_beats(self, study_id: int) -> dict[int, Any]:
        from sqlalchemy import text

        query = text(
            "SELECT trials.trial_id, heartbeat FROM trial_heartbeats JOIN trials "
            "ON trials.trial_id = trial_heartbeats.trial_id "
            "WHERE study_id = :study AND state = 'RUNNING'"
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query, {"study": study_id})
            return {trial: beat for trial, beat in rows}


def is_server(storage: Storage | None) -> bool:
    """Return whether processes on several machines may share a storage."""
    return storage is not None and storage in _engines


def close_storage(storage: Storage | None) -> None:
    """Close the connections to a server, if any. The next access opens new ones."""
    if storage is not None and storage in _engines:
        storage.remove_session()
        _engines[storage].dispose()


@contextmanager
def alone(storage: Storage, study: str) -> Generator[None, None, None]:
    """Context manager that admits only one process at a time for each study.

    The lock is released when the connection ends, so a lost process does not keep it.

    Args:
        storage: any storage; ignored unless it is on a server.
        study: name of the study.
    """
    if storage not in _engines:
        yield
        return
    from sqlalchemy import text

    lock = text("SELECT pg_advisory_xact_lock(:key)")
    with _engines[storage].begin() as connection:
        connection.execute(lock, {"key": zlib.crc32(study.encode())})
        yield


@contextmanager
def told_if_lost(storage: Storage | None) -> Generator[None, None, None]:
    """Context manager that raises a helpful error if the connection is lost."""
    try:
        yield
    except _losses() as error:
        if not is_server(storage):
            raise
        cause: BaseException = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        reason = " ".join(str(cause).split())
        raise AssayError(
            f"The study can no longer be reached. PostgreSQL reports: {reason} The "
            "trials stored so far are safe. Run the same command again to continue."
        ) from error


@contextmanager
def beating(storage: Storage, trials: Sequence[int]) -> Generator[None, None, None]:
    """Context manager that signals to other processes that trials are running.

    Args:
        storage: any storage; ignored unless it is on a server.
        trials: storage ids.
    """
    if not is_server(storage):
        yield
        return
    backend: Any = storage
    seconds: int = backend.get_heartbeat_interval()
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(seconds):
            record(storage, trials)

    thread = threading.Thread(target=beat, name="assay-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def record(storage: Storage, trials: Sequence[int]) -> None:
    """Record a heartbeat for running trials."""
    backend: Any = storage
    for trial in trials:
        with suppress(*_losses()):  # the next heartbeat may succeed
            backend.record_heartbeat(trial)


def retry_stale(study: optuna.Study) -> None:
    """Allow trials whose heartbeat has stopped to be retried."""
    with _experimental():
        optuna.storages.fail_stale_trials(study)


def retry_trial(study: optuna.Study, storage: Storage, trial: FrozenTrial) -> None:
    """Allow a failed trial to be retried with the same setting."""
    backend: Any = storage
    callback: Callable[[optuna.Study, FrozenTrial], None] | None
    callback = backend.get_heartbeat_stale_trial_callback()
    if callback is not None:
        callback(study, trial)


def _url(address: str) -> "URL | None":
    """Return the parts of an address, or None if it is invalid."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(address)
    except (ArgumentError, ValueError):
        return None


def _losses() -> tuple[type[Exception], ...]:
    """Return the types of errors raised when the connection to a server is lost."""
    from sqlalchemy.exc import SQLAlchemyError

    return optuna.exceptions.StorageInternalError, SQLAlchemyError


@contextmanager
def _experimental() -> Generator[None, None, None]:
    """Suppress Optuna's warning that an interface may change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield
