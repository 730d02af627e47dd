"""Optuna proposes; the evaluations are ours, and each is told in order."""

import math
import os
import socket
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import optuna

from assay._seeds import generator
from assay.spec import Choice, Integer, Log, Space
from assay.tune._trial import Trial

__all__ = ["Storage", "Study", "middle", "open_storage"]

optuna.logging.set_verbosity(optuna.logging.WARNING)
_RECORD, _OWNER = "assay", "process"
_MOMENT = 0.2  # seconds
_NEWBORN = 10  # seconds in which a trial may not yet say whose it is

Storage = optuna.storages.BaseStorage


def open_storage(path: str | Path) -> Storage:
    """Return the SQLite file in which studies are kept; made where there is none."""
    patient = {"connect_args": {"timeout": 60}}  # while another process writes
    return optuna.storages.RDBStorage(f"sqlite:///{path}", engine_kwargs=patient)


class Study:
    """A search that goes on where it stopped.

    Args:
        name: of the study within its storage.
        spaces: search space of each hyper-parameter by path.
        seed: of the proposals.
        sampler: "tpe" or "random".
        storage: where it is kept, from `open_storage`; None keeps it in memory.
    """

    def __init__(
        self,
        name: str,
        spaces: Mapping[str, Space],
        *,
        seed: int,
        sampler: str = "tpe",
        storage: Storage | None = None,
    ) -> None:
        self._spaces = {path: _distribution(space) for path, space in spaces.items()}
        self._seed = seed
        self._sampler = sampler
        self._asked: list[optuna.Trial] = []
        self._study = optuna.create_study(
            storage=storage,
            study_name=name,
            sampler=self._sampler_for(0),
            load_if_exists=True,
        )
        self._give_up_stale()
        if not self._found(*_TOLD, _State.WAITING, _State.RUNNING):
            self._study.enqueue_trial({p: middle(s) for p, s in spaces.items()})

    @property
    def trials(self) -> list[Trial]:
        """The trials told so far, by whatever process."""
        trials = [Trial(**told.user_attrs[_RECORD]) for told in self._found(*_TOLD)]
        return sorted(trials, key=lambda trial: trial.number)

    def others_are_busy(self) -> bool:
        """Wait a moment; return whether another process still has trials under way."""
        self._give_up_stale()
        if not self._found(_State.RUNNING):
            return False
        time.sleep(_MOMENT)
        return True

    def propose(self, count: int, goal: int) -> list[tuple[int, dict[str, Any]]]:
        """Return (number, setting) of some trials; a study begins in the middle.

        What is proposed depends on the seed and on the trials told, so a search that
        was interrupted goes on as if it had not been. Where several processes share
        the study, it depends on their timing too.

        Args:
            count: how many, at most.
            goal: how many the study shall have in all.
        """
        taken = len(self._found(*_TOLD, _State.RUNNING))
        self._study.sampler = self._sampler_for(taken)
        asked = [self._study.ask(self._spaces) for _ in range(min(count, goal - taken))]
        for trial in asked:
            trial.set_user_attr(_OWNER, [socket.gethostname(), os.getpid()])
        taken = sorted(trial.number for trial in self._found(*_TOLD, _State.RUNNING))
        places = {trial.number: taken.index(trial.number) for trial in asked}
        for trial in asked:
            if places[trial.number] >= goal:  # another process was quicker
                self._study.tell(trial, state=_State.FAIL)
        self._asked = [trial for trial in asked if places[trial.number] < goal]
        return [(places[trial.number], dict(trial.params)) for trial in self._asked]

    def _give_up_stale(self) -> None:
        """Take back the trials of processes that have ended."""
        for running in self._found(_State.RUNNING):
            owner, age = running.user_attrs.get(_OWNER), _age_seconds(running)
            if not (_is_alive(owner) if owner else age < _NEWBORN):
                self._study.tell(running.number, state=_State.FAIL)

    def tell(self, trials: Sequence[Trial | None], *, maximize: bool) -> None:
        """Tell what the settings proposed last showed.

        Args:
            trials: the group, in the order of its proposals; None for one that was
                not begun.
            maximize: whether a higher score on val is better; the study minimizes.
        """
        sign = -1 if maximize else 1
        for asked, trial in zip(self._asked, trials, strict=True):
            if trial is None:
                self._study.tell(asked, state=_State.FAIL)
                continue
            asked.set_user_attr(_RECORD, trial.to_json())
            if trial.sound:
                self._study.tell(asked, sign * trial.val_score)
                continue
            if trial.rungs and math.isfinite(trial.rungs[-1]):
                asked.report(sign * trial.rungs[-1], len(trial.rungs))
            self._study.tell(asked, state=_State.PRUNED)

    def _found(self, *states: optuna.trial.TrialState) -> list[Any]:
        return self._study.get_trials(deepcopy=False, states=states)

    def _sampler_for(self, num_told: int) -> optuna.samplers.BaseSampler:
        seed = int(generator(self._seed, "sampler", num_told).integers(2**31))
        if self._sampler == "random":
            return optuna.samplers.RandomSampler(seed=seed)
        return optuna.samplers.TPESampler(seed=seed)


_State = optuna.trial.TrialState
_TOLD = (_State.COMPLETE, _State.PRUNED)


def _age_seconds(trial: optuna.trial.FrozenTrial) -> float:
    begun = trial.datetime_start
    return math.inf if begun is None else (datetime.now() - begun).total_seconds()


def _is_alive(owner: tuple[str, int]) -> bool:
    """Whether a process that has trials under way still runs."""
    host, process = owner
    if host != socket.gethostname():
        return True  # cannot be asked
    if process == os.getpid():
        return False  # of an earlier search, which was interrupted
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _distribution(space: Space) -> optuna.distributions.BaseDistribution:
    if isinstance(space, Choice):
        return optuna.distributions.CategoricalDistribution(space.options)
    low, high = space.ends()
    if isinstance(space, Integer):
        return optuna.distributions.IntDistribution(low, high)
    return optuna.distributions.FloatDistribution(low, high, log=isinstance(space, Log))


def middle(space: Space) -> Any:
    """Return the middle of a space, or the first of its options."""
    if isinstance(space, Choice):
        return space.options[0]
    low, high = space.ends()
    if isinstance(space, Log):
        return (low * high) ** 0.5
    return (low + high) // 2 if isinstance(space, Integer) else (low + high) / 2
