"""Optuna proposes; the evaluations are ours, and each is told in order."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna

from assay._seeds import generator
from assay.spec import Choice, Integer, Log, Space
from assay.tune._trial import Trial

__all__ = ["Storage", "Study", "open_storage"]

optuna.logging.set_verbosity(optuna.logging.WARNING)
_RECORD = "assay"

Storage = optuna.storages.BaseStorage


def open_storage(path: str | Path) -> Storage:
    """Return the SQLite file in which studies are kept; made where there is none."""
    return optuna.storages.get_storage(f"sqlite:///{path}")


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
        for stale in self._study.get_trials(deepcopy=False, states=(_State.RUNNING,)):
            self._study.tell(stale.number, state=_State.FAIL)
        if not self._found(*_TOLD, _State.WAITING):
            self._study.enqueue_trial({p: _middle(s) for p, s in spaces.items()})

    @property
    def trials(self) -> list[Trial]:
        """The trials told so far."""
        trials = [Trial(**told.user_attrs[_RECORD]) for told in self._found(*_TOLD)]
        return sorted(trials, key=lambda trial: trial.number)

    def propose(self, count: int) -> list[dict[str, Any]]:
        """Return so many settings; the first of a study is the middle of each space.

        What is proposed depends on the seed and on the trials told, so a search that
        was interrupted goes on as if it had not been.
        """
        self._study.sampler = self._sampler_for(len(self.trials))
        self._asked = [self._study.ask(self._spaces) for _ in range(count)]
        return [dict(asked.params) for asked in self._asked]

    def tell(self, trials: Sequence[Trial], *, maximize: bool) -> None:
        """Tell what the settings proposed last showed.

        Args:
            trials: the group, in the order of its proposals.
            maximize: whether a higher score on val is better; the study minimizes.
        """
        sign = -1 if maximize else 1
        for asked, trial in zip(self._asked, trials, strict=True):
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


def _distribution(space: Space) -> optuna.distributions.BaseDistribution:
    if isinstance(space, Choice):
        return optuna.distributions.CategoricalDistribution(space.options)
    low, high = space.ends()
    if isinstance(space, Integer):
        return optuna.distributions.IntDistribution(low, high)
    return optuna.distributions.FloatDistribution(low, high, log=isinstance(space, Log))


def _middle(space: Space) -> Any:
    if isinstance(space, Choice):
        return space.options[0]
    low, high = space.ends()
    if isinstance(space, Log):
        return (low * high) ** 0.5
    return (low + high) // 2 if isinstance(space, Integer) else (low + high) / 2
