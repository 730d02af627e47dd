"""The doctor's evidence: costs, measurements of layers, settings and data."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from assay import spec
from assay.doctor._facts import DataFacts
from assay.doctor._references import References

__all__ = ["Evidence"]

_HEADROOM = 0.1  # at most this much skill is left to learn if a task is solved
_SHARE = 0.8  # fraction of a simple model's skill that the network should reach
_MATERIAL = 0.05  # smallest difference in skill that matters


@dataclass(frozen=True, eq=False)
class Evidence:
    """The records of a fit and the known facts about its data.

    Skills are relative: 0 for the best constant prediction, and 1 for perfect
    predictions. Unknown values are None or empty, and symptoms that depend on them are
    not detected.

    Args:
        costs: (iterations,), cost of each batch before its update.
        train_skill: (epochs,), training skill after each epoch.
        val_skill: (epochs,), validation skill; empty without a validation set.
        train_cost: (epochs,), training cost after each epoch.
        layers: names of the layers in forward order.
        monitors: measurements of the layers, as in `History.monitors`.
        training: settings of the fit; None if unknown.
        data: facts about the data; None if unknown.
        references: simple models fitted to the training rows; None if unknown.
        distinct: number of distinct units as a fraction of all units, by layer.
        diverged_at: first iteration whose cost was not finite; None if all were finite.
        num_outputs: size of the output layer.
        regression: whether the targets are numbers.
        rates: (iterations,), learning rate of each update; empty if unknown.
        val_cost: (epochs,), validation cost after each epoch; empty if unknown.
        keeps_best: whether the fit returns the parameters of its best epoch on the
            validation set; None if unknown.
    """

    costs: np.ndarray
    train_skill: np.ndarray
    val_skill: np.ndarray
    train_cost: np.ndarray
    layers: tuple[str, ...] = ()
    monitors: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])
    training: spec.Training | None = None
    data: DataFacts | None = None
    references: References | None = None
    distinct: Mapping[str, float] = field(default_factory=dict[str, float])
    diverged_at: int | None = None
    num_outputs: int = 1
    regression: bool = False
    rates: np.ndarray = field(default_factory=lambda: np.zeros(0))
    val_cost: np.ndarray = field(default_factory=lambda: np.zeros(0))
    keeps_best: bool | None = False

    @property
    def skill(self) -> float:
        """Training skill of the result; 0 if the training diverged."""
        return _at(self.train_skill, self._kept_epoch)

    @property
    def skill_on_val(self) -> float:
        """Validation skill of the result; nan without a validation set."""
        return (
            _at(self.val_skill, self._kept_epoch) if len(self.val_skill) else math.nan
        )

    @cached_property
    def attainable(self) -> float:
        """The training skill that is attainable according to simple models.

        Skill that they reach only on the rows used to fit them does not count.
        """
        known = () if self.references is None else self.references.models
        return max([0.0, *(min(r.train_skill, r.val_skill + 0.1) for r in known)])

    @property
    def model(self) -> tuple[spec.Layer, ...]:
        """The layers before the output layer; empty if they are unknown."""
        return () if self.training is None else self.training.model

    @property
    def solved(self) -> bool:
        """Whether there is almost nothing left to learn from the training set."""
        return self.skill >= 1 - _HEADROOM

    @property
    def short_on_train(self) -> bool:
        """Whether the network learned much less from the training set than possible.

        Simple models show what is possible. Without them, a skill of 0.5 is expected.
        """
        if self.diverged_at is not None:
            return True
        least = 0.5
        if self.references is not None:
            least = _SHARE * self.attainable - self.train_noise
        return not self.solved and self.skill < least

    @property
    def is_behind(self) -> bool:
        """Whether a simple model fits the training set noticeably better."""
        return self.skill < self.attainable - _MATERIAL

    @property
    def short_on_val(self) -> bool:
        """Whether a simple model predicts unseen rows clearly better.

        The model must be better both in cross-validation on the training set and on
        the validation set, because either set may be easier to predict by chance.
        """
        if self.references is None:
            return False
        known = self.references.models
        best = max(np.fmin(each.val_skill, each.skill_on_val) for each in known)
        return bool(best - self.skill_on_val > _MATERIAL + self.val_noise)

    @property
    def falls_short(self) -> bool:
        """Whether the network is clearly worse than it could be."""
        return self.short_on_train or self.short_on_val

    @property
    def may_gain(self) -> bool:
        """Whether the network falls short, or its validation skill is below 0.9.

        This weaker condition suffices for symptoms that never occur in healthy fits.
        """
        return self.falls_short or not self.skill_on_val >= 1 - _HEADROOM

    @property
    def val_noise(self) -> float:
        """Approximately two standard errors of the validation skill."""
        return 0.0 if self.data is None else self.data.noise_of(self.data.num_val)

    @property
    def train_noise(self) -> float:
        """Approximately two standard errors of the training skill."""
        data = self.data
        return 0.0 if data is None else data.noise_of(data.num_train)

    @property
    def _kept_epoch(self) -> int:
        known = np.isfinite(self.val_cost).any()
        return int(np.nanargmin(self.val_cost)) if self.keeps_best and known else -1

    def monitor(self, name: str, point: int) -> np.ndarray:
        """Return a measurement of all layers at a point in time, (layers,).

        Args:
            name: one of `MONITOR_FIELDS`.
            point: 0 for the start of training, -1 for the end.
        """
        table = self.monitors.get(name)
        if table is None or not len(table):
            return np.full(len(self.layers), math.nan)
        return np.asarray(table[point], float)

    @property
    def with_parameters(self) -> np.ndarray:
        """Indices of the layers that have parameters."""
        return np.flatnonzero(~np.isnan(self.monitor("parameter_norm", 0)))

    @property
    def first_not_finite(self) -> str | None:
        """The first layer with NaN or infinite outputs or gradients after training."""
        lost = np.zeros(len(self.layers), bool)
        for name in ("max", "gradient_norm"):
            start, end = (self.monitor(name, point) for point in (0, -1))
            lost |= np.isfinite(start) & ~np.isfinite(end)
        return self.layers[int(lost.argmax())] if lost.any() else None


def _at(values: np.ndarray, epoch: int) -> float:
    finite = bool(len(values)) and math.isfinite(values[epoch])
    return float(values[epoch]) if finite else 0.0
