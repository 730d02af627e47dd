"""Collects evidence from a finished fit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from assay import spec
from assay.doctor._evidence import Evidence
from assay.doctor._facts import (
    DataFacts,
    distinct_share,
    input_facts,
    skill_of,
    target_facts,
)
from assay.doctor._patient import Patient
from assay.doctor._references import References
from assay.training import Fit, History

__all__ = ["examine"]


def examine(
    patient: Patient,
    fit: Fit,
    references: References | None = None,
    *,
    history: History | None = None,
) -> Evidence:
    """Collect the evidence from a finished fit.

    Args:
        patient: the settings and the data of the fit.
        fit: the finished fit.
        references: simple models fitted to the training rows, if known.
        history: records of an earlier fit with the same settings and a validation set;
            by default, the records of `fit`.
    """
    history = history or fit.history
    regression = patient.data.num_classes == 1
    facts = _data_facts(patient, fit)
    chance = _chance(facts, balanced=patient.data.balanced)
    epochs = history.epochs
    train, val = (
        skill_of(epochs[name], chance, regression=regression)
        for name in ("train_score", "val_score")
    )
    return Evidence(
        costs=history.iterations["cost"],
        train_skill=train,
        val_skill=val if facts.num_val else np.zeros(0),
        train_cost=epochs["train_cost"],
        layers=fit.program.network.layer_paths,
        monitors=history.monitors,
        training=patient.training,
        data=facts,
        references=references,
        distinct=_distinct_units(fit.last().parameters),
        diverged_at=fit.diverged_at,
        num_outputs=max(patient.data.num_classes, 1),
        regression=regression,
        rates=history.iterations["learning_rate"],
        val_cost=epochs["val_cost"] if facts.num_val else np.zeros(0),
        keeps_best=any(
            isinstance(each, spec.EarlyStopping)
            for each in patient.training.regularizers
        ),
    )


def _data_facts(patient: Patient, fit: Fit) -> DataFacts:
    data = patient.data
    mean, std, counts = target_facts(patient.targets, data.num_classes)
    means, stds = _input_facts(patient, fit)
    facts = DataFacts(
        num_train=int(data.train.count),
        num_val=int(data.val.count),
        input_means=means,
        input_stds=stds,
        target_mean=mean,
        target_std=std,
        class_counts=counts,
        num_parameters=fit.program.network.num_parameters,
    )
    if not facts.is_uneven or fit.diverged_at is not None:
        return facts
    return replace(facts, recalls=_recalls(patient, fit))


def _input_facts(patient: Patient, fit: Fit) -> tuple[np.ndarray, np.ndarray]:
    """Return the means and standard deviations of inputs other than category codes."""
    if any(isinstance(layer, spec.Embedding) for layer in patient.training.model):
        return np.zeros(0), np.zeros(0)
    means, stds = input_facts(patient.inputs)
    kept = np.ones(len(means), bool)
    kept[[*fit.program.static.codes]] = False
    return means[kept], stds[kept]


def _recalls(patient: Patient, fit: Fit) -> np.ndarray:
    data = patient.data
    part = (data.val if int(data.val.count) else data.train).leading
    scores = fit.program.scores(fit.result().model, fit.hyperparameters, part)
    targets = np.asarray(part.targets)[: len(scores)].astype(np.int64)
    counts = np.bincount(targets, minlength=data.num_classes)
    right = np.bincount(targets, weights=scores, minlength=len(counts))
    return right / np.maximum(counts, 1)


def _chance(facts: DataFacts, *, balanced: bool) -> float:
    """Return the score of the best constant prediction."""
    counts = facts.class_counts
    if not len(counts):
        return facts.target_std**2
    return 1 / len(counts) if balanced else float(counts.max() / counts.sum())


def _distinct_units(parameters: Mapping[str, Any], path: str = "") -> dict[str, float]:
    """Return the number of distinct units as a fraction of all units, by layer."""
    shares: dict[str, float] = {}
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            shares |= _distinct_units(value, f"{path}.{name}" if path else name)
        elif name == "kernel" and value.ndim > 1:
            shares[path] = distinct_share(np.asarray(value, np.float32))
    return shares
