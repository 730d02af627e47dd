"""The whole run as one object: `run.json`."""

import importlib.metadata
import math
from dataclasses import dataclass
from typing import Any

from assay import spec
from assay.experiment._stages import Stages
from assay.experiment._streamed_rows import streaming_record
from assay.experiment.model._model import Model
from assay.experiment.prepare._prepare import deciding_metric
from assay.experiment.records._final_test import Tested
from assay.experiment.selection._selection import Selection, SelectionData
from assay.experiment.transfer._warm_start import frozen_part
from assay.nn import layer_names
from assay.records import RunFolder, Summary, to_plain
from assay.training import Fit
from assay.tuning import RangeTest

__all__ = ["Results", "summarize"]


@dataclass(frozen=True, eq=False)
class Results:
    """All that the protocol brought forth."""

    ground: SelectionData
    search: Selection
    fit: Fit
    model: Model
    tested: Tested


def summarize(folder: RunFolder, results: Results, stages: Stages) -> Summary:
    """Return the summary of a run in the form of its record."""
    summary = {
        "assay": importlib.metadata.version("assay"),
        "run": folder.name,
        "task": results.ground.dataset.task.kind,
        **_data_parts(results.ground),
        "model": _model_part(results),
        "hyperparameters": _hyperparameters(results.search.training),
        "tune": _tune_part(results),
        "refit": _refit_part(results),
        **_tested_parts(results),
        "findings": [finding.to_json() for finding in stages.findings],
        "timings": stages.timings(),
    }
    return to_plain(summary)


def _data_parts(ground: SelectionData) -> dict[str, Any]:
    dataset, split = ground.dataset, ground.split
    return {
        "data": {
            "source": dataset.source,
            "num_examples": dataset.num_examples,
            "num_features": dataset.num_features,
            "classes": list(dataset.task.classes) or None,
            "fingerprint": dataset.fingerprint,
            "target": dataset.task.target,
            "streaming": streaming_record(dataset, split, ground.tuning.training_data),
        },
        "split": {
            **{name: len(rows) for name, rows in split.parts.items()},
            "by": split.by,
            "hash": split.hash,
            "notes": list(split.notes),
        },
    }


def _refit_part(results: Results) -> dict[str, Any]:
    split, fit = results.ground.split, results.fit
    return {
        "num_examples": len(split.train) + len(split.val),
        "epochs": math.ceil(fit.iteration / fit.iterations_per_epoch),
        "iterations": fit.iteration,
    }


def _tested_parts(results: Results) -> dict[str, Any]:
    tested, evaluation = results.tested, results.tested.evaluation
    primary, verdict = evaluation.primary, tested.verdict
    return {
        "test": {
            "metric": evaluation.metric,
            **primary.to_json(),
            "level": primary.level,
            "num_examples": tested.num_examples,
            "openings": tested.openings,
        },
        "metrics": {name: m.to_json() for name, m in evaluation.metrics.items()},
        "baselines": [
            {**baseline.to_json(evaluation.metric), "comparison": comparison.to_json()}
            for baseline, comparison in tested.compared
        ],
        "train": {
            "cost": _last_cost(results.fit),
            "metric_value": verdict.train_value,
        },
        "verdict": verdict.word,
        "verdict_reason": verdict.reason,
        "evaluation": evaluation.to_json(),
    }


def _model_part(results: Results) -> dict[str, Any]:
    network, start = results.fit.program.network, results.ground.start
    training = results.search.training
    layers = list(training.model)
    if training.own is None:
        layers.append(spec.Dense(network.num_outputs))
    named = zip(layer_names(layers), layers, strict=True)
    part: dict[str, Any] = {
        "layers": [{"name": name, **layer.to_data()} for name, layer in named],
        "num_parameters": results.model.num_parameters,
    }
    frozen = frozen_part(results.fit.program.static.groups, network)
    part |= {} if frozen is None else {"frozen": frozen}
    return part if start is None else part | {"start": start.record(network)}


def _hyperparameters(training: spec.Training) -> dict[str, Any]:
    """Return every hyper-parameter by its path, as "optimizer.learning_rate"."""
    return {path: value for path, _, value in training.leaves() if value is not None}


def _tune_part(results: Results) -> dict[str, Any] | None:
    search, ground = results.search, results.ground
    if len(search.trials) == 1:
        return None
    value = search.best.val_score
    if ground.dataset.task.kind == "regression":  # of standardized targets
        value = math.sqrt(value) * ground.tuning.preparation.target_std
    return {
        "num_trials": len(search.trials),
        "best_val": value,
        "metric": deciding_metric(ground.dataset, ground.split),
        "best_trial": search.best.number,
        "values": search.best.values,
        "notes": [*_rate_notes(ground.range_tests), *search.notes],
    }


def _rate_notes(tests: dict[str, RangeTest]) -> list[str]:
    return [
        f"range test of {name}: learning rate {test.learning_rate:.3g}, the "
        f"{test.rule} of its curve; searched from a fifth of it to twice"
        for name, test in tests.items()
    ]


def _last_cost(fit: Fit) -> float | None:
    costs = fit.history.epochs["train_cost"]
    return float(costs[-1]) if len(costs) else None
