"""Summarizes a run for `run.json`."""

import math
from typing import Any

from assay import spec
from assay._version import __version__
from assay.experiment._events import RunLog
from assay.experiment._final_test import FinalTest
from assay.experiment._refit import Refitted
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.prepare._streamed_rows import streaming_record
from assay.experiment.selection._selection import Selection
from assay.experiment.transfer._warm_start import frozen_record
from assay.nn import layer_names
from assay.records import Summary, to_plain
from assay.training import Fit
from assay.tuning import RangeTest

__all__ = ["summarize"]


def summarize(tested: FinalTest, log: RunLog) -> Summary:
    """Return the summary of a run, which is written to `run.json`.

    Args:
        tested: result of the test stage, with the results of all earlier stages.
        log: findings and timings of the run.
    """
    refitted = tested.refitted
    prepared = refitted.selection.prepared
    summary = {
        "assay": __version__,
        "run": log.run,
        "task": prepared.data.dataset.task.kind,
        **_data_parts(prepared),
        "model": _model_part(refitted),
        "hyperparameters": _hyperparameters(refitted.selection.training),
        "tune": _tune_part(refitted.selection),
        "refit": _refit_part(refitted),
        **_test_parts(tested),
        "findings": [finding.to_json() for finding in log.findings],
        "timings": log.timings,
    }
    return to_plain(summary)


def _data_parts(prepared: PreparedData) -> dict[str, Any]:
    dataset, split = prepared.data.dataset, prepared.data.split
    training_data = prepared.tuning.training_data
    return {
        "data": {
            "source": dataset.source,
            "num_examples": dataset.num_examples,
            "num_features": dataset.num_features,
            "classes": list(dataset.task.classes) or None,
            "fingerprint": dataset.fingerprint,
            "target": dataset.task.target,
            "notes": list(dataset.notes),
            "streaming": streaming_record(dataset, split, training_data),
        },
        "split": {
            **{name: len(rows) for name, rows in split.parts.items()},
            "by": split.by,
            "hash": split.hash,
            "notes": list(split.notes),
        },
    }


def _model_part(refitted: Refitted) -> dict[str, Any]:
    network, training = refitted.fit.program.network, refitted.model.training
    start = refitted.selection.prepared.data.start
    layers = list(training.model)
    if training.own is None:
        layers.append(spec.Dense(network.num_outputs))
    named = zip(layer_names(layers), layers, strict=True)
    part: dict[str, Any] = {
        "layers": [{"name": name, **layer.to_data()} for name, layer in named],
        "num_parameters": refitted.model.num_parameters,
        "members": len(refitted.model.members),
    }
    frozen = frozen_record(refitted.fit.program.static.groups, network)
    part |= {} if frozen is None else {"frozen": frozen}
    return part if start is None else part | {"start": start.record(network)}


def _hyperparameters(training: spec.Training) -> dict[str, Any]:
    """Return all hyperparameters, keyed by path, such as "optimizer.learning_rate"."""
    return {path: value for path, _, value in training.leaves() if value is not None}


def _tune_part(selection: Selection) -> dict[str, Any] | None:
    if len(selection.trials) == 1:
        return None
    prepared = selection.prepared
    value = selection.best.val_score
    if prepared.data.dataset.task.kind == "regression":
        # convert the mean squared error of standardized targets to the target's unit
        value = math.sqrt(value) * prepared.tuning.preparation.target_std
    return {
        "num_trials": len(selection.trials),
        "best_val": value,
        "metric": prepared.data.metric,
        "best_trial": selection.best.number,
        "values": selection.best.values,
        "member_trials": [each.trial.number for each in selection.member_settings],
        "notes": [*_rate_notes(prepared.range_tests), *selection.notes],
    }


def _rate_notes(tests: dict[str, RangeTest]) -> list[str]:
    return [
        f"range test of {name}: the rule {test.rule} suggests a learning rate of "
        f"{test.learning_rate:.3g}; rates from 0.2 to 2 times this value were searched"
        for name, test in tests.items()
    ]


def _refit_part(refitted: Refitted) -> dict[str, Any]:
    split, fit = refitted.selection.prepared.data.split, refitted.fit
    return {
        "num_examples": len(split.train) + len(split.val),
        "epochs": math.ceil(fit.iteration / fit.iterations_per_epoch),
        "iterations": fit.iteration,
    }


def _test_parts(tested: FinalTest) -> dict[str, Any]:
    evaluation, verdict = tested.evaluation, tested.verdict
    primary = evaluation.primary
    return {
        "test": {
            "metric": evaluation.metric,
            **primary.to_json(),
            "level": primary.level,
            "num_examples": len(tested.rows.numbers),
            "openings": tested.openings,
            **({"note": primary.note} if primary.note else {}),
        },
        "metrics": {name: m.to_json() for name, m in evaluation.metrics.items()},
        "baselines": [
            {**baseline.to_json(evaluation.metric), "comparison": comparison.to_json()}
            for baseline, comparison in tested.comparisons
        ],
        "train": {
            "cost": _last_cost(tested.refitted.fit),
            "metric_value": verdict.train_value,
        },
        "verdict": verdict.word,
        "verdict_reason": verdict.reason,
        "evaluation": evaluation.to_json(),
    }


def _last_cost(fit: Fit) -> float | None:
    costs = fit.history.epochs["train_cost"]
    return float(costs[-1]) if len(costs) else None
