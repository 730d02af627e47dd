"""Diagnoses any training loop from arrays that the loop provides."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from assay._errors import InputError, did_you_mean
from assay.doctor._diagnose import Diagnosis, diagnose
from assay.doctor._evidence import Evidence
from assay.doctor._facts import (
    DataFacts,
    distinct_share,
    input_facts,
    skill_of,
    target_facts,
)
from assay.records import Finding

__all__ = ["Watch", "watch"]

_SLOPES = {
    "relu": lambda y: (y > 0).astype(np.float64),
    "sigmoid": lambda y: 4 * y * (1 - y),  # relative to the steepest slope
    "tanh": lambda y: 1 - y**2,
}
_DEAD, _FLAT = 1e-3, 0.05


class Watch:
    """Watches a training loop and reports its problems.

    Call `iteration` at least for the first two iterations and the last one, and `epoch`
    after every epoch. All values are passed as arrays, so the loop can use any library.
    Values that are not passed are not examined.

    Args:
        inputs: (n, …) training inputs, in the form that the network receives.
        targets: (n,) class indices, or numbers.
        num_classes: number of classes; 1 for regression.
        num_val: number of validation rows; 0 without a validation set.
        keeps_best: whether the loop keeps the parameters of its best epoch on the
            validation set, as early stopping does. If None, a falling validation score
            is reported only as advice.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> watched = Watch(rng.normal(size=(60, 4)), np.arange(60) % 3, num_classes=3)
        >>> weights = {"hidden": np.ones((4, 8)), "output": rng.normal(size=(8, 3))}
        >>> for _ in range(2):
        ...     watched.iteration(1.1, weights, {k: 0 * w for k, w in weights.items()})
        >>> for _ in range(3):
        ...     watched.epoch(train_cost=1.1, train_score=0.35, val_score=0.3)
        >>> [finding.code for finding in watched.findings()]
        ['symmetric_units']
    """

    def __init__(
        self,
        inputs: np.ndarray,
        targets: np.ndarray,
        *,
        num_classes: int,
        num_val: int = 0,
        keeps_best: bool | None = None,
    ) -> None:
        mean, std, counts = target_facts(np.asarray(targets), num_classes)
        means, stds = input_facts(np.asarray(inputs))
        self._facts = DataFacts(
            num_train=len(inputs),
            num_val=num_val,
            input_means=means,
            input_stds=stds,
            target_mean=mean,
            target_std=std,
            class_counts=counts,
        )
        self._regression = num_classes == 1
        self._keeps_best = keeps_best
        self._num_classes = num_classes
        self._layers: list[str] = []
        self._rows: list[dict[str, dict[str, float]]] = []
        self._costs: list[float] = []
        self._epochs: list[tuple[float, float, float]] = []
        self._weights: Mapping[str, np.ndarray] = {}

    def iteration(
        self,
        cost: float,
        weights: Mapping[str, Any] | None = None,
        gradients: Mapping[str, Any] | None = None,
        *,
        outputs: Mapping[str, tuple[str, Any]] | None = None,
    ) -> None:
        """Record an iteration.

        Args:
            cost: cost of the batch before the update.
            weights: kernels before the update, by layer in forward order, with units
                on the last axis.
            gradients: gradients of the cost, with the same keys.
            outputs: kind and outputs (n, …, units) of each activation, by name; the
                kind is "relu", "sigmoid", "tanh" or "other".

        Raises:
            InputError: a layer has a gradient but no weights, or a kind is unknown.
        """
        self._costs.append(float(cost))
        if weights is None and outputs is None:
            return
        kernels = {
            name: np.asarray(w, np.float64) for name, w in (weights or {}).items()
        }
        rows = _learning(kernels, gradients or {})
        for name, (kind, values) in (outputs or {}).items():
            rows[name] = _outputs(kind, np.asarray(values, np.float64))
        if len(self._rows) == 1:  # the weights now include the first update
            for name, change in _changes(self._weights, kernels).items():
                self._rows[0][name]["update_ratio"] = change
        self._layers += [name for name in rows if name not in self._layers]
        self._weights = kernels or self._weights
        self._rows = [*self._rows[:1], rows]  # keep the first and the latest iteration

    def epoch(
        self,
        *,
        train_cost: float,
        train_score: float,
        val_score: float = math.nan,
    ) -> None:
        """Record an epoch.

        Args:
            train_cost: cost on the training set.
            train_score: accuracy or mean squared error on the training set.
            val_score: accuracy or mean squared error on the validation set.
        """
        self._epochs.append((train_cost, train_score, val_score))

    def findings(self) -> list[Finding]:
        """Return the findings so far, most likely cause first."""
        return [diagnosis.finding for diagnosis in self.diagnoses()]

    def diagnoses(self) -> list[Diagnosis]:
        """Return the diagnoses on which the findings are based."""
        return diagnose(self._evidence())

    def _evidence(self) -> Evidence:
        table = np.array(self._epochs, float).reshape(-1, 3)
        counts = self._facts.class_counts
        chance = self._facts.target_std**2
        if len(counts):
            chance = float(counts.max() / counts.sum())
        train, val = (
            skill_of(table[:, place], chance, regression=self._regression)
            for place in (1, 2)
        )
        bad = np.flatnonzero(~np.isfinite(self._costs))
        num_parameters = sum(kernel.size for kernel in self._weights.values())
        return Evidence(
            costs=np.array(self._costs),
            train_skill=train,
            val_skill=val[~np.isnan(val)],
            train_cost=table[:, 0],
            layers=tuple(self._layers),
            monitors=self._monitors(),
            data=replace(self._facts, num_parameters=num_parameters),
            distinct={
                name: distinct_share(kernel)
                for name, kernel in self._weights.items()
                if kernel.ndim > 1
            },
            diverged_at=int(bad[0]) if len(bad) else None,
            num_outputs=self._num_classes,
            regression=self._regression,
            keeps_best=self._keeps_best,
        )

    def _monitors(self) -> dict[str, np.ndarray]:
        fields = sorted(
            {field for row in self._rows for f in row.values() for field in f}
        )
        return {
            field: np.array(
                [
                    [row.get(name, {}).get(field, math.nan) for name in self._layers]
                    for row in self._rows
                ]
            )
            for field in fields
        }


def watch(
    inputs: np.ndarray,
    targets: np.ndarray,
    *,
    num_classes: int,
    num_val: int = 0,
    keeps_best: bool | None = None,
) -> Watch:
    """Create a `Watch` for a training loop."""
    return Watch(
        inputs,
        targets,
        num_classes=num_classes,
        num_val=num_val,
        keeps_best=keeps_best,
    )


def _learning(
    weights: Mapping[str, np.ndarray], gradients: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    unknown = [name for name in gradients if name not in weights]
    if unknown:
        raise InputError(
            f"The layer {unknown[0]!r} has a gradient but no "
            f"weights.{did_you_mean(unknown[0], [*weights])} Pass its weights under "
            "the same name."
        )
    rows = {n: {"parameter_norm": float(np.linalg.norm(w))} for n, w in weights.items()}
    for name, gradient in gradients.items():
        rows[name]["gradient_norm"] = float(np.linalg.norm(np.asarray(gradient)))
    return rows


def _changes(
    before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Return the norm of each layer's change, relative to the norm of its weights."""
    return {
        name: float(np.linalg.norm(after[name] - old) / max(np.linalg.norm(old), 1e-30))
        for name, old in before.items()
        if name in after
    }


def _outputs(kind: str, values: np.ndarray) -> dict[str, float]:
    row = {"mean": float(values.mean()), "std": float(values.std())}
    if kind == "other":
        return row
    if kind not in _SLOPES:
        raise InputError(
            f"The kind of an activation must be one of {', '.join(_SLOPES)} or other, "
            f"but got {kind!r}.{did_you_mean(kind, [*_SLOPES])}"
        )
    slopes = _SLOPES[kind](values).reshape(-1, values.shape[-1])
    row["dead_share"] = float((slopes < _DEAD).all(axis=0).mean())
    if kind != "relu":
        row["saturated_share"] = float((slopes < _FLAT).mean())
    return row
