"""Optuna proposes; the evaluations are ours, and each is told in order."""

import math
import os
import socket
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import optuna

from assay._errors import InputError, fault
from assay._seeds import generator
from assay.spec import Choice, Integer, Log, Space
from assay.tuning.search._trial import Trial

__all__ = ["Storage", "Study", "middle", "open_storage"]

optuna.logging.set_verbosity(optuna.logging.WARNING)
_RECORD, _OWNER = "assay", "process"
_MOMENT = 0.2  # seconds
_TRIES = 20
_RACED = ("UNIQUE constraint failed", "already exists", "locked")

Storage = optuna.storages.BaseStorage


def open_storage(path: str | Path) -> Storage:
    """Return the SQLite file in which studies are kept; made where there is none.

    Several processes may make it at once: who comes second looks again.

    Raises:
        InputError: it cannot be written, or is no such file.
    """
    for left in reversed(range(_TRIES)):
        try:
            kept = optuna.storages.RDBStorage(
                f"sqlite:///{path}",
                engine_kwargs={"connect_args": {"timeout": 60}},  # while others write
                skip_compatibility_check=not Path(path).exists(),
            )
            break
        except Exception as error:
            told = str(error.__cause__)
            if not isinstance(error.__cause__, sqlite3.Error):
                raise
            if not left or not any(words in told for words in _RACED):
                rule = "the study is a SQLite file in a folder that can be written"
                fix = f"SQLite says: {told}. Name another file."
                raise InputError(fault(rule, "study", str(path), fix)) from error
            time.sleep(_MOMENT)
    return optuna.storages.get_storage(kept)


class Study:
    """A search that goes on where it stopped.

    The sampler looks at a copy in memory: asked of a file, it would read it anew for
    every hyper-parameter, and small nets train in less time than that takes.

    Args:
        name: of the study within its storage.
        spaces: search space of each hyper-parameter by path.
        seed: of the proposals.
        sampler: "tpe" or "random".
        first: number of the first trial.
        storage: where it is kept, from `open_storage`; None keeps it in memory.
    """

    def __init__(
        self,
        name: str,
        spaces: Mapping[str, Space],
        *,
        seed: int,
        sampler: str = "tpe",
        first: int = 0,
        storage: Storage | None = None,
    ) -> None:
        self._spaces = {path: _distribution(space) for path, space in spaces.items()}
        self._middle = {path: middle(space) for path, space in spaces.items()}
        self._seed = seed
        self._sampler = sampler
        self._first = first
        self._asked: list[int] = []
        self._told: dict[int, Trial] = {}
        self._seen = optuna.create_study()
        self._storage = optuna.storages.get_storage(storage)
        optuna.create_study(storage=self._storage, study_name=name, load_if_exists=True)
        self._id = self._storage.get_study_id_from_name(name)
        self._give_up_stale()
        self._look()

    @property
    def trials(self) -> list[Trial]:
        """The trials told so far, by whatever process."""
        return sorted(self._told.values(), key=lambda trial: trial.number)

    def others_are_busy(self) -> bool:
        """Wait a moment; return whether another process still has trials under way."""
        self._give_up_stale()
        if len(self._look()) == len(self._told):
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
        taken = len(self._look())
        self._seen.sampler = self._sampler_for(taken)
        entered = {}
        for place in range(min(count, goal - taken)):
            values = self._sampled() if taken + place else self._middle
            entered[self._enter(values)] = values
        places = {identity: place for place, identity in enumerate(self._look())}
        for identity in entered:
            if places[identity] >= goal:  # another process was quicker
                self._storage.set_trial_state_values(identity, _State.FAIL)
        asked = [identity for identity in entered if places[identity] < goal]
        self._asked = asked
        numbers = [self._first + places[identity] for identity in asked]
        told = {trial.number for trial in self._told.values()}
        if told.intersection(numbers):  # trials before these were given up
            free = set(range(self._first, self._first + goal)) - told
            numbers = sorted(free)[: len(numbers)]
        return [(n, entered[i]) for n, i in zip(numbers, asked, strict=True)]

    def _sampled(self) -> dict[str, Any]:
        trial = self._seen.ask(self._spaces)
        self._seen.tell(trial, state=_State.FAIL)  # it is seen again once it is told
        return dict(trial.params)

    def _enter(self, values: dict[str, Any]) -> int:
        """Keep a trial that is under way, and whose it is; return its identity."""
        trial = optuna.trial.create_trial(
            state=_State.RUNNING,
            params=values,
            distributions=self._spaces,
            user_attrs={_OWNER: [socket.gethostname(), os.getpid()]},
        )
        return self._storage.create_new_trial(self._id, trial)

    def _look(self) -> list[int]:
        """Take in what was told; return which trials there are, in their order."""
        found = self._found(*_TOLD, _State.RUNNING)
        for trial in found:
            if trial.state in _TOLD and trial.number not in self._told:
                self._told[trial.number] = Trial(**trial.user_attrs[_RECORD])
                self._seen.add_trial(_without_records(trial))
        return [trial._trial_id for trial in found]

    def _give_up_stale(self) -> None:
        """Take back the trials of processes that have ended."""
        for running in self._found(_State.RUNNING):
            owner = running.user_attrs.get(_OWNER)
            if owner is None or not _is_alive(owner):
                with suppress(optuna.exceptions.UpdateFinishedTrialError):
                    self._storage.set_trial_state_values(running._trial_id, _State.FAIL)

    def tell(self, trials: Sequence[Trial | None], *, maximize: bool) -> None:
        """Tell what the settings proposed last showed.

        Args:
            trials: the group, in the order of its proposals; None for one that was
                not begun.
            maximize: whether a higher score on val is better; the study minimizes.
        """
        sign, kept = -1 if maximize else 1, self._storage
        for identity, trial in zip(self._asked, trials, strict=True):
            state, value = _State.PRUNED, None
            if trial is None:
                kept.set_trial_state_values(identity, _State.FAIL)
                continue
            if trial.sound:
                state, value = _State.COMPLETE, [sign * trial.val_score]
            elif trial.rungs and math.isfinite(trial.rungs[-1]):
                step, reached = len(trial.rungs), sign * trial.rungs[-1]
                kept.set_trial_intermediate_value(identity, step, reached)
            kept.set_trial_user_attr(identity, _RECORD, trial.to_json())
            kept.set_trial_state_values(identity, state, value)
        self._look()

    def _found(self, *states: optuna.trial.TrialState) -> list[Any]:
        """Return the trials in some states, by their numbers."""
        return self._storage.get_all_trials(self._id, deepcopy=False, states=states)

    def _sampler_for(self, num_told: int) -> optuna.samplers.BaseSampler:
        seed = int(generator(self._seed, "sampler", num_told).integers(2**31))
        if self._sampler == "random":
            return optuna.samplers.RandomSampler(seed=seed)
        return optuna.samplers.TPESampler(seed=seed)


_State = optuna.trial.TrialState
_TOLD = (_State.COMPLETE, _State.PRUNED)


def _without_records(trial: optuna.trial.FrozenTrial) -> optuna.trial.FrozenTrial:
    """Return what a sampler asks of a trial."""
    return optuna.trial.create_trial(
        state=trial.state,
        value=trial.value,
        params=trial.params,
        distributions=trial.distributions,
        intermediate_values=trial.intermediate_values,
    )


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
