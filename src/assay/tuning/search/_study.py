"""Proposes settings with Optuna based on earlier results."""

import itertools
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from assay._seeds import generator
from assay.spec import Space
from assay.tuning.search._spaces import Setting, complete, distribution
from assay.tuning.search._trial import Trial
from assay.tuning.search.storage._storage import Storage
from assay.tuning.search.storage._stored_trials import (
    StoredTrials,
    identity_of,
    number_of,
    recorded_trial,
)

__all__ = ["Proposal", "Study"]

optuna.logging.set_verbosity(optuna.logging.WARNING)
_MOMENT_SECONDS = 0.2

Proposal = tuple[int, Setting]  # trial number and setting


class Study:
    """The trials of a resumable search.

    The sampler uses a copy in memory. Otherwise, it would read the storage again for
    every hyperparameter, which would take longer than training a small network.

    Args:
        name: name of the study within its storage.
        spaces: search space of each hyperparameter, keyed by path.
        seed: seed for the proposals.
        sampler: "tpe" or "random".
        first: number of the first trial.
        settings: settings to try first, each with values keyed by path.
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
        self._ended: dict[int, Trial] = {}  # finished trials, keyed by storage number
        self._copy = optuna.create_study()
        self._stored = StoredTrials(name, self._spaces, storage)
        self._stored.fail_orphans()
        self._update()

    @property
    def trials(self) -> list[Trial]:
        """The trials reported so far by any process."""
        return sorted(self._ended.values(), key=lambda trial: trial.number)

    def others_are_busy(self) -> bool:
        """Return whether another process has running trials. If so, wait briefly."""
        self._stored.fail_orphans()
        if len(self._update()) == len(self._ended):
            return False
        time.sleep(_MOMENT_SECONDS)
        return True

    def running(self) -> AbstractContextManager[None]:
        """Context manager that shows other processes that the proposals are running."""
        return self._stored.beating(self._proposed)

    def propose(self, count: int, goal: int) -> list[Proposal]:
        """Return the (number, setting) pairs of new trials.

        The first trials use the given settings. Without settings, the first trial uses
        the middle of each search space. Proposals depend only on the seed and the
        reported trials, so interrupting a search does not change them. If several
        processes share the study, proposals also depend on timing.

        Args:
            count: maximum number of trials to propose.
            goal: number of trials in the whole study.
        """
        with self._stored.alone():
            return self._propose(count, goal)

    def _propose(self, count: int, goal: int) -> list[Proposal]:
        settings = self._stored.take_over(count)
        num_taken = len(self._update())
        self._copy.sampler = self._sampler_for(num_taken)
        for place in range(min(count - len(settings), goal - num_taken)):
            known = self._settings[num_taken + place :]
            setting = known[0] if known else self._sample()
            settings[self._stored.enter(setting)] = setting
        places = {identity: place for place, identity in enumerate(self._update())}
        for identity in settings:
            if places[identity] >= goal:  # another process has started the last trial
                self._stored.fail(identity)
        self._proposed = [identity for identity in settings if places[identity] < goal]
        numbers = self._numbers()
        # another process may have to repeat these trials
        self._stored.keep_numbers({i: numbers[i] for i in self._proposed})
        return [(numbers[identity], settings[identity]) for identity in self._proposed]

    def _numbers(self) -> dict[int, int]:
        """Return the trial number of each storage id.

        New trials get unused numbers in the order in which they were stored, so all
        processes agree on the numbers. Lost processes may have left gaps in them.
        """
        numbers: dict[int, int | None] = {}
        for trial in self._stored.taken():
            ended = self._ended.get(trial.number)
            number = ended.number if ended else number_of(trial)
            numbers[identity_of(trial)] = number
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

    def _update(self) -> list[int]:
        """Read new results and return the storage ids of all trials in order.

        Failed trials, such as orphans, are excluded.
        """
        trials = self._stored.taken()
        for trial in trials:
            new = None if trial.number in self._ended else recorded_trial(trial)
            if new is not None:
                self._ended[trial.number] = new
                self._copy.add_trial(_without_records(trial))
        return [identity_of(trial) for trial in trials]

    def report(self, trials: Sequence[Trial | None], *, maximize: bool) -> None:
        """Store the results of the latest proposals.

        Args:
            trials: trials in the same order as their proposals; None for a trial that
                did not complete an epoch.
            maximize: whether a higher val score is better. The study always minimizes.
        """
        sign = -1 if maximize else 1
        results = {
            str(identity): None if trial is None else (trial.to_json(), sign)
            for identity, trial in zip(self._proposed, trials, strict=True)
        }
        self._stored.report(results)
        self._update()

    def _sampler_for(self, num_trials: int) -> optuna.samplers.BaseSampler:
        seed = int(generator(self._seed, "sampler", num_trials).integers(2**31))
        if self._sampler == "random":
            return optuna.samplers.RandomSampler(seed=seed)
        return optuna.samplers.TPESampler(seed=seed)


def _without_records(trial: FrozenTrial) -> FrozenTrial:
    """Return a copy of a trial with only the fields that samplers use."""
    return optuna.trial.create_trial(
        state=trial.state,
        value=trial.value,
        params=trial.params,
        distributions=trial.distributions,
        intermediate_values=trial.intermediate_values,
    )
