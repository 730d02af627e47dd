"""Proposes settings with Optuna, based on earlier results."""

import itertools
import math
import os
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any

import optuna
import psutil
from optuna.trial import FrozenTrial, TrialState

from assay._seeds import generator
from assay.spec import Space
from assay.tuning.search._own_storage import OwnStorage
from assay.tuning.search._server import (
    alone,
    beating,
    is_server,
    record,
    retry_stale,
    retry_trial,
)
from assay.tuning.search._spaces import Setting, complete, distribution
from assay.tuning.search._storage import Storage
from assay.tuning.search._trial import Trial

__all__ = ["Proposal", "Study"]

optuna.logging.set_verbosity(optuna.logging.WARNING)
# names of trial attributes in the storage
_RECORD, _OWNER, _NUMBER = "assay", "process", "number"
_REPORT = "report "  # prefix of study attributes with the results of a group
_MOMENT_SECONDS = 0.2
_ENDED = (TrialState.COMPLETE, TrialState.PRUNED)
_TAKEN = (*_ENDED, TrialState.RUNNING, TrialState.WAITING)

Proposal = tuple[int, Setting]  # trial number and setting


class Study:
    """The trials of a resumable search.

    The sampler uses a copy in memory. Otherwise, it would read the file again for every
    hyperparameter, which takes longer than training a small network.

    Args:
        name: name of the study within its storage.
        spaces: search space of each hyperparameter, by path.
        seed: seed for the proposals.
        sampler: "tpe" or "random".
        first: number of the first trial.
        settings: hyperparameter values by path, to be tried first.
        storage: storage from `open_storage`; None to keep the study in memory.
    """

    def __init__(
        self,
        name: str,
        spaces: Mapping[str, Space],
        *,
        seed: int,
        sampler: str = "tpe",
        first: int = 0,
        settings: Sequence[Mapping[str, Any]] = (),
        storage: Storage | None = None,
    ) -> None:
        self._spaces = {path: distribution(space) for path, space in spaces.items()}
        self._settings = complete(settings or ({},), spaces)
        self._seed = seed
        self._sampler = sampler
        self._first = first
        self._proposed: list[int] = []  # storage ids of the latest proposals
        self._ended: dict[int, Trial] = {}  # finished trials, by number in the storage
        self._copy = optuna.create_study()
        self._storage = optuna.storages.get_storage(storage)
        self._name = name
        self._is_shared = is_server(self._storage)
        self._study = optuna.create_study(
            storage=self._storage, study_name=name, load_if_exists=True
        )
        self._id = self._storage.get_study_id_from_name(name)
        self._fail_orphans()
        self._update()

    @property
    def trials(self) -> list[Trial]:
        """The trials reported so far by any process."""
        return sorted(self._ended.values(), key=lambda trial: trial.number)

    def others_are_busy(self) -> bool:
        """Wait briefly; return whether another process still has running trials."""
        self._fail_orphans()
        if len(self._update()) == len(self._ended):
            return False
        time.sleep(_MOMENT_SECONDS)
        return True

    def running(self) -> AbstractContextManager[None]:
        """Context manager that marks the proposals as running for other processes."""
        return beating(self._storage, self._proposed)

    def propose(self, count: int, goal: int) -> list[Proposal]:
        """Return the (number, setting) pairs of new trials.

        The first trials use the given settings, or the middle of all spaces. Proposals
        depend only on the seed and the reported trials, so interrupting a search does
        not change them. If several processes share the study, proposals also depend on
        timing.

        Args:
            count: maximum number of trials to propose.
            goal: number of trials in the whole study.
        """
        with alone(self._storage, self._name):
            return self._propose(count, goal)

    def _propose(self, count: int, goal: int) -> list[Proposal]:
        settings = self._retried(count)
        num_taken = len(self._update())
        self._copy.sampler = self._sampler_for(num_taken)
        for place in range(min(count - len(settings), goal - num_taken)):
            known = self._settings[num_taken + place :]
            setting = known[0] if known else self._sample()
            settings[self._enter(setting)] = setting
        places = {identity: place for place, identity in enumerate(self._update())}
        for identity in settings:
            if places[identity] >= goal:  # another process has started the last trial
                self._fail(identity)
        self._proposed = [identity for identity in settings if places[identity] < goal]
        numbers = self._numbers()
        if self._is_shared:  # another process may have to repeat the trial
            for identity in self._proposed:
                number = numbers[identity]
                self._storage.set_trial_user_attr(identity, _NUMBER, number)
        return [(numbers[identity], settings[identity]) for identity in self._proposed]

    def _retried(self, count: int) -> dict[int, Setting]:
        """Take over up to `count` trials of lost processes; return their settings."""
        settings: dict[int, Setting] = {}
        for trial in self._stored(TrialState.WAITING)[:count]:
            self._claim(_identity(trial))
            settings[_identity(trial)] = dict(trial.params)
        return settings

    def _claim(self, identity: int) -> None:
        """Take over a waiting trial on a server."""
        # record the heartbeat first, because every running trial must have one
        record(self._storage, [identity])
        self._storage.set_trial_user_attr(identity, _OWNER, _this_process())
        self._storage.set_trial_state_values(identity, TrialState.RUNNING)

    def _numbers(self) -> dict[int, int]:
        """Return the trial number of each storage id.

        New trials get unused numbers in the order in which they were stored, so all
        processes agree on them. Lost processes may have left gaps.
        """
        numbers: dict[int, int | None] = {}
        for trial in self._stored(*_TAKEN):
            ended = self._ended.get(trial.number)
            number = ended.number if ended else trial.user_attrs.get(_NUMBER)
            numbers[_identity(trial)] = number
        taken = set(numbers.values())
        free = (n for n in itertools.count(self._first) if n not in taken)
        return {
            identity: next(free) if number is None else number
            for identity, number in numbers.items()
        }

    def _sample(self) -> Setting:
        trial = self._copy.ask(self._spaces)
        # `_update` adds the result later
        self._copy.tell(trial, state=TrialState.FAIL)
        return dict(trial.params)

    def _enter(self, setting: Setting) -> int:
        """Store a running trial with its owner, and return its storage id."""
        trial = optuna.trial.create_trial(
            state=TrialState.WAITING if self._is_shared else TrialState.RUNNING,
            params=setting,
            distributions=self._spaces,
            user_attrs={_OWNER: _this_process()},
        )
        identity = self._storage.create_new_trial(self._id, trial)
        if self._is_shared:  # if this process is lost now, another one claims the trial
            self._claim(identity)
        return identity

    def _update(self) -> list[int]:
        """Read new results, and return the storage ids of all trials in order.

        Failed trials, such as orphans, are excluded.
        """
        trials = self._stored(*_TAKEN)
        for trial in trials:
            if trial.state in _ENDED and trial.number not in self._ended:
                self._ended[trial.number] = Trial(**trial.user_attrs[_RECORD])
                self._copy.add_trial(_without_records(trial))
        return [_identity(trial) for trial in trials]

    def _fail_orphans(self) -> None:
        """Mark running trials as failed if their process no longer exists.

        If the process was killed while storing the results of a group, the remaining
        results are stored now. On a server, the next free process tries the other
        trials again.
        """
        with alone(self._storage, self._name):
            self._fail_orphans_alone()

    def _fail_orphans_alone(self) -> None:
        running = self._stored(TrialState.RUNNING)
        orphans = [t for t in running if not _is_alive(t.user_attrs.get(_OWNER))]
        results = self._reported() if orphans else {}
        for orphan in orphans:
            identity = _identity(orphan)
            result = results.get(str(identity))
            # another process may have done this already
            with suppress(optuna.exceptions.UpdateFinishedTrialError):
                self._end(identity, result)
                if self._is_shared and result is None:
                    retry_trial(self._study, self._storage, orphan)
        if self._is_shared:
            retry_stale(self._study)

    def _reported(self) -> dict[str, Any]:
        """Return the results that processes were about to store, by storage id."""
        attributes = self._storage.get_study_user_attrs(self._id)
        reports = [v for name, v in attributes.items() if name.startswith(_REPORT)]
        return {i: result for report in reports for i, result in report.items()}

    def _fail(self, identity: int) -> None:
        self._storage.set_trial_state_values(identity, TrialState.FAIL)

    def report(self, trials: Sequence[Trial | None], *, maximize: bool) -> None:
        """Store the results of the latest proposals.

        Args:
            trials: trials in the order of their proposals; None for a trial that was
                not trained.
            maximize: whether a higher val score is better. The study itself minimizes.
        """
        sign = -1 if maximize else 1
        results = {
            str(identity): None if trial is None else (trial.to_json(), sign)
            for identity, trial in zip(self._proposed, trials, strict=True)
        }
        if results:
            # Later proposals depend on whole groups. If the process is killed while it
            # stores the trials one by one, the next process completes the group.
            name = f"{_REPORT}{self._proposed[0]}"
            self._storage.set_study_user_attr(self._id, name, results)
        for identity, result in results.items():
            # the trial of a suspended process may have been taken over by another one
            with suppress(optuna.exceptions.UpdateFinishedTrialError):
                self._end(int(identity), result)
        if isinstance(self._storage, OwnStorage):
            self._storage.save()
        self._update()

    def _end(self, identity: int, result: tuple[dict[str, Any], int] | None) -> None:
        """Store the result of a trial: its record and the sign of its score."""
        if result is None:
            self._fail(identity)
        else:
            record, sign = result
            self._store(identity, Trial(**record), sign)

    def _store(self, identity: int, trial: Trial, sign: int) -> None:
        storage, state, values = self._storage, TrialState.PRUNED, None
        if trial.sound:
            state, values = TrialState.COMPLETE, [sign * trial.val_score]
        elif trial.rungs and math.isfinite(trial.rungs[-1]):
            step, reached = len(trial.rungs), sign * trial.rungs[-1]
            storage.set_trial_intermediate_value(identity, step, reached)
        storage.set_trial_user_attr(identity, _RECORD, trial.to_json())
        storage.set_trial_state_values(identity, state, values)

    def _stored(self, *states: TrialState) -> list[FrozenTrial]:
        """Return the trials in any of these states, by number."""
        return self._storage.get_all_trials(self._id, deepcopy=False, states=states)

    def _sampler_for(self, num_trials: int) -> optuna.samplers.BaseSampler:
        seed = int(generator(self._seed, "sampler", num_trials).integers(2**31))
        if self._sampler == "random":
            return optuna.samplers.RandomSampler(seed=seed)
        return optuna.samplers.TPESampler(seed=seed)


def _this_process() -> list[str | int]:
    return [socket.gethostname(), os.getpid()]


def _identity(trial: FrozenTrial) -> int:
    # Optuna's storages need this id, but trials expose it only as a private attribute.
    return trial._trial_id  # pyright: ignore[reportPrivateUsage]


def _without_records(trial: FrozenTrial) -> FrozenTrial:
    """Return a copy of a trial with only the fields that samplers use."""
    return optuna.trial.create_trial(
        state=trial.state,
        value=trial.value,
        params=trial.params,
        distributions=trial.distributions,
        intermediate_values=trial.intermediate_values,
    )


def _is_alive(owner: tuple[str, int] | None) -> bool:
    """Return whether the process that owns a running trial still exists."""
    if owner is None:
        return False  # it ended before it recorded its ownership
    host, process = owner
    if host != socket.gethostname():
        return True  # processes on another host cannot be checked
    if process == os.getpid():
        return False  # left by an earlier, interrupted search
    return psutil.pid_exists(process)
