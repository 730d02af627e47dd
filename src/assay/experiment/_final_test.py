"""Opens the sealed test set once and evaluates the model on it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay._parallel_map import map_parallel
from assay.data import Dataset, Inputs, join_blocks
from assay.evaluate import (
    Baseline,
    Comparison,
    Evaluation,
    Verdict,
    baselines,
    compare,
    evaluate,
    verdict,
)
from assay.experiment._refit import Refitted
from assay.experiment.model._blocks import block_inputs
from assay.experiment.model._model import Model
from assay.experiment.prepare._streamed_rows import FITTED_ROWS
from assay.records import Seal

__all__ = ["FinalTest", "TestedRows", "evaluate_once"]

FlatInputs = np.ndarray | Callable[[], Iterator[np.ndarray]]
"""Inputs for linear models: an array or, for streamed rows, a function that yields
blocks."""


@dataclass(frozen=True, eq=False)
class TestedRows:
    """The rows of the test set and the model's predictions for them.

    Args:
        numbers: (n,) row numbers in the data.
        targets: (n,) class indices, or numbers in the target's unit.
        predictions: (n,), or (n, num_classes) probabilities for multiclass tasks.
    """

    numbers: np.ndarray
    targets: np.ndarray
    predictions: np.ndarray


@dataclass(frozen=True, eq=False)
class FinalTest:
    """The result on the test set.

    Args:
        refitted: the refit and the evaluated model.
        evaluation: metrics with intervals.
        comparisons: each baseline and its comparison with the model on the test rows.
        verdict: whether the model fits well, underfits or overfits.
        openings: number of times the test set has been opened, including this time.
        rows: the test rows and their predictions.
    """

    refitted: Refitted
    evaluation: Evaluation
    comparisons: list[tuple[Baseline, Comparison]]
    verdict: Verdict
    openings: int
    rows: TestedRows


def evaluate_once(
    refitted: Refitted, seal: Seal[tuple[np.ndarray, np.ndarray]], *, run: str
) -> FinalTest:
    """Open the sealed test set and evaluate the model on it.

    Args:
        refitted: the model and its training rows, to which the baselines are fitted.
        seal: seal that gives access to the row numbers and targets of the test set.
        run: name of the run, which is written to the ledger.

    Raises:
        RunError: the opening could not be recorded, so the test set stays sealed.
    """
    data, model = refitted.selection.prepared.data, refitted.model
    dataset, task, seed = data.dataset, data.dataset.task, data.experiment.seed
    train_rows = refitted.rows[:FITTED_ROWS]
    train_targets = dataset.target[train_rows]
    test_rows, test_targets = seal.open(run=run, purpose="final evaluation")
    on_test, test_inputs = _predictions(model, dataset, test_rows)
    evaluation = evaluate(task, test_targets, on_test, seed=seed, metric=data.metric)
    on_train, train_inputs = _in_arrays(model, dataset, train_rows)
    fitted_baselines = baselines(
        task,
        (train_inputs, train_targets),
        (test_inputs, test_targets),
        seed=seed,
        embedded=model.preparation.embedded,
        keep_inputs=False,
    )
    options: dict[str, Any] = {"metric": data.metric, "seed": seed}

    def compared(baseline: Baseline) -> tuple[Baseline, Comparison]:
        return baseline, _compare(on_test, baseline, test_targets, options)

    # threads help, because NumPy releases the interpreter lock while resampling
    comparisons = map_parallel(compared, fitted_baselines, os.cpu_count())
    return FinalTest(
        refitted,
        evaluation,
        comparisons,
        verdict(
            (train_targets, on_train),
            (test_targets, on_test),
            baselines=fitted_baselines,
            num_train=len(data.split.train) + len(data.split.val),
            **options,
        ),
        openings=seal.openings,
        rows=TestedRows(test_rows, test_targets, on_test),
    )


def _compare(
    on_test: np.ndarray,
    baseline: Baseline,
    targets: np.ndarray,
    options: dict[str, Any],
) -> Comparison:
    names = ("model", baseline.name)
    return compare(on_test, baseline.predictions, targets, names=names, **options)


def _predictions(
    model: Model, dataset: Dataset, rows: np.ndarray
) -> tuple[np.ndarray, FlatInputs]:
    """Return the predictions for rows, and the inputs for linear models."""
    preparation = model.preparation
    if dataset.stream is None:
        return _in_arrays(model, dataset, rows)

    def blocks() -> Iterator[Any]:
        return block_inputs(dataset, rows, preparation)

    predictions = np.concatenate([*map(model.predict_inputs, blocks())])
    return predictions, lambda: map(preparation.flatten, blocks())


def _in_arrays(
    model: Model, dataset: Dataset, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the predictions for rows, and the inputs for linear models as an array."""

    def predicted(inputs: Inputs) -> dict[str, np.ndarray]:
        flat = model.preparation.flatten(inputs)
        return {"predictions": model.predict_inputs(inputs), "inputs": flat}

    # streamed rows are read once from start to end, then put in the requested order
    order = None if dataset.stream is None else np.argsort(rows)
    ascending = rows if order is None else rows[order]
    blocks = block_inputs(dataset, ascending, model.preparation)
    joined: Any = join_blocks(map(predicted, blocks), len(rows), order)
    return joined["predictions"], joined["inputs"]
