"""Adds, claims, ends and recovers the trials of a study in its storage."""

import math
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any

import optuna
import psutil
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, TrialState

from assay.tuning.search._spaces import Setting
from assay.tuning.search._trial import Trial
from assay.tuning.search.storage._own_storage import OwnStorage
from assay.tuning.search.storage._server import (
    alone,
    beating,
    is_server,
    record,
    retry_stale,
    retry_trial,
)
from assay.tuning.search.storage._storage import Storage

__all__ = ["StoredTrials", "identity_of", "number_of", "recorded_trial"]

# names of trial attributes in the storage
_RECORD, _OWNER, _NUMBER = "assay", "process", "number"
_REPORT = "report "  # prefix of study attributes with the results of a group
_ENDED = (TrialState.COMPLETE, TrialState.PRUNED)
_TAKEN = (*_ENDED, TrialState.RUNNING, TrialState.WAITING)

Result = tuple[dict[str, Any], int]  # record of a trial, and the sign of its score


class StoredTrials:
    """The trials of a study, which processes may share through its storage.

    Args:
        name: name of the study within its storage.
        distributions: distribution of each hyperparameter, keyed by path.
        storage: storage from `open_storage`; None to keep the study in memory.
    """

    def __init__(
        self,
        name: str,
        distributions: Mapping[str, BaseDistribution],
        storage: Storage | None,
    ) -> None:
        self._name = name
        self._distributions = dict(distributions)
        self._storage = optuna.storages.get_storage(storage)
        self._is_shared = is_server(self._storage)
        self._study = optuna.create_study(
            storage=self._storage, study_name=name, load_if_exists=True
        )
        self._id = self._storage.get_study_id_from_name(name)

    def alone(self) -> AbstractContextManager[None]:
        """Context manager that admits only one process at a time."""
        return alone(self._storage, self._name)

    def beating(self, identities: Sequence[int]) -> AbstractContextManager[None]:
        """Context manager that signals to other processes that trials are running."""
        return beating(self._storage, identities)

    def taken(self) -> list[FrozenTrial]:
        """Return the trials in order, except for those that failed, such as orphans."""
        return self._in_states(*_TAKEN)

    def _in_states(self, *states: TrialState) -> list[FrozenTrial]:
        """Return the trials in any of these states, ordered by number."""
        return self._storage.get_all_trials(self._id, deepcopy=False, states=states)

    def enter(self, setting: Setting) -> int:
        """Store a running trial with its owner and return its storage id."""
        trial = optuna.trial.create_trial(
            state=TrialState.WAITING if self._is_shared else TrialState.RUNNING,
            params=setting,
            distributions=self._distributions,
            user_attrs={_OWNER: _this_process()},
        )
        identity = self._storage.create_new_trial(self._id, trial)
        if self._is_shared:  # if this process dies now, another one can claim the trial
            self._claim(identity)
        return identity

    def take_over(self, count: int) -> dict[int, Setting]:
        """Claim up to `count` trials of lost processes and return their settings."""
        settings: dict[int, Setting] = {}
        for trial in self._in_states(TrialState.WAITING)[:count]:
            self._claim(identity_of(trial))
            settings[identity_of(trial)] = dict(trial.params)
        return settings

    def _claim(self, identity: int) -> None:
        """Take over a waiting trial on a server."""
        # record the heartbeat first, because every running trial must have one
        record(self._storage, [identity])
        self._storage.set_trial_user_attr(identity, _OWNER, _this_process())
        self._storage.set_trial_state_values(identity, TrialState.RUNNING)

    def keep_numbers(self, numbers: Mapping[int, int]) -> None:
        """Store the trial number of each storage id, in case a trial is repeated."""
        if self._is_shared:
            for identity, number in numbers.items():
                self._storage.set_trial_user_attr(identity, _NUMBER, number)

    def fail(self, identity: int) -> None:
        """Mark a trial as failed."""
        self._storage.set_trial_state_values(identity, TrialState.FAIL)

    def fail_orphans(self) -> None:
        """Mark running trials as failed if their process no longer exists.

        If the process was killed while storing the results of a group, the remaining
        results are stored now. On a server, the failed trials are repeated by the next
        process that is free.
        """
        with self.alone():
            self._fail_orphans_alone()

    def _fail_orphans_alone(self) -> None:
        running = self._in_states(TrialState.RUNNING)
        orphans = [t for t in running if not _is_alive(t.user_attrs.get(_OWNER))]
        results = self._reported() if orphans else {}
        for orphan in orphans:
            identity = identity_of(orphan)
            result = results.get(str(identity))
            # another process may have done this already
            with suppress(optuna.exceptions.UpdateFinishedTrialError):
                self._end(identity, result)
                if self._is_shared and result is None:
                    retry_trial(self._study, self._storage, orphan)
        if self._is_shared:
            retry_stale(self._study)

    def _reported(self) -> dict[str, Any]:
        """Return the results that were about to be stored, keyed by storage id."""
        attributes = self._storage.get_study_user_attrs(self._id)
        reports = [v for name, v in attributes.items() if name.startswith(_REPORT)]
        return {i: result for report in reports for i, result in report.items()}

    def report(self, results: Mapping[str, Result | None]) -> None:
        """Store the results of a group of trials.

        Args:
            results: results keyed by storage id; None for a trial that did not complete
                an epoch.
        """
        if results:
            # Later proposals depend on whole groups. If the process is killed while it
            # stores the trials one by one, the next process completes the group.
            name = f"{_REPORT}{next(iter(results))}"
            self._storage.set_study_user_attr(self._id, name, results)
        for identity, result in results.items():
            # the trial of a suspended process may have been taken over by another one
            with suppress(optuna.exceptions.UpdateFinishedTrialError):
                self._end(int(identity), result)
        if isinstance(self._storage, OwnStorage):
            self._storage.save()

    def _end(self, identity: int, result: Result | None) -> None:
        if result is None:
            self.fail(identity)
        else:
            trial, sign = result
            self._store(identity, Trial(**trial), sign)

    def _store(self, identity: int, trial: Trial, sign: int) -> None:
        storage, state, values = self._storage, TrialState.PRUNED, None
        if trial.sound:
            state, values = TrialState.COMPLETE, [sign * trial.val_score]
        elif trial.rungs and math.isfinite(trial.rungs[-1]):
            step, reached = len(trial.rungs), sign * trial.rungs[-1]
            storage.set_trial_intermediate_value(identity, step, reached)
        storage.set_trial_user_attr(identity, _RECORD, trial.to_json())
        storage.set_trial_state_values(identity, state, values)


def identity_of(trial: FrozenTrial) -> int:
    """Return the storage id of a trial."""
    # Optuna's storages need this id, but trials expose it only as a private attribute.
    return trial._trial_id  # pyright: ignore[reportPrivateUsage]


def number_of(trial: FrozenTrial) -> int | None:
    """Return the number from `keep_numbers`, or None if it was not stored."""
    return trial.user_attrs.get(_NUMBER)


def recorded_trial(trial: FrozenTrial) -> Trial | None:
    """Return the record of a trial, or None if the trial has not ended."""
    return Trial(**trial.user_attrs[_RECORD]) if trial.state in _ENDED else None


def _this_process() -> list[str | int]:
    return [socket.gethostname(), os.getpid()]


def _is_alive(owner: tuple[str, int] | None) -> bool:
    """Return whether the process that owns a running trial still exists."""
    if owner is None:
        return False  # the process ended before it recorded its ownership
    host, process = owner
    if host != socket.gethostname():
        return True  # processes on another host cannot be checked
    if process == os.getpid():
        return False  # an earlier search in this process was interrupted
    return psutil.pid_exists(process)
