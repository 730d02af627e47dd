"""The seal is opened once, and the result is held against baselines."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.data import Dataset
from assay.evaluate import (
    Baseline,
    Comparison,
    Evaluation,
    Seal,
    Verdict,
    baselines,
    compare,
    evaluate,
    verdict,
)
from assay.experiment._streamed_rows import block_inputs
from assay.experiment.model._model import Model

__all__ = ["Tested", "open_seal"]

Compared = tuple[Baseline, Comparison]


@dataclass(frozen=True, eq=False)
class Tested:
    """What the test part said.

    Args:
        evaluation: metrics with intervals.
        compared: baselines on the same rows, and how the model compares with each.
        verdict: fits, underfits or overfits.
        openings: of these test rows so far, this one included.
        num_examples: number of test rows.
    """

    evaluation: Evaluation
    compared: list[Compared]
    verdict: Verdict
    openings: int
    num_examples: int


def open_seal(
    seal: Seal[Any],
    model: Model,
    dataset: Dataset,
    rows: np.ndarray,
    *,
    metric: str,
    run: str,
    seed: int,
) -> Tested:
    """Open the sealed test part and measure the model on it.

    Args:
        seal: of the test part.
        model: trained on train + val.
        dataset: of which the rows are.
        rows: what the model was trained on, or some of that; the baselines are trained
            on the same.
        metric: the one that decides.
        run: who opens the seal.
        seed: of bootstraps and folds.
    """
    task, train_targets = dataset.task, dataset.target[rows]
    test_rows, test_targets = seal.open(run=run, purpose="final evaluation")
    on_train, train_inputs = _predicted(model, dataset, rows)
    on_test, test_inputs = _predicted(model, dataset, test_rows)
    evaluation = evaluate(task, test_targets, on_test, seed=seed, metric=metric)
    found = baselines(
        task,
        (_together(train_inputs), train_targets),
        (test_inputs, test_targets),
        seed=seed,
        embedded=model.preparation.embedded,
    )
    compared = [
        (
            baseline,
            compare(
                on_test,
                baseline.predictions,
                test_targets,
                metric=metric,
                names=("model", baseline.name),
                seed=seed,
            ),
        )
        for baseline in found
    ]
    said = verdict(
        (train_targets, on_train),
        (test_targets, on_test),
        metric=metric,
        baselines=found,
        seed=seed,
    )
    return Tested(evaluation, compared, said, seal.openings, len(test_rows))


def _predicted(model: Model, dataset: Dataset, rows: np.ndarray) -> tuple[Any, Any]:
    """Return predictions, and inputs for linear models; streamed, a way to them."""
    preparation = model.preparation
    if dataset.stream is None:
        inputs = preparation.transform(dataset, rows)
        return model.predict_inputs(inputs), preparation.flatten(inputs)

    def blocks() -> Iterator[Any]:
        return block_inputs(dataset, rows, preparation)

    predicted = np.concatenate([model.predict_inputs(block) for block in blocks()])
    return predicted, lambda: map(preparation.flatten, blocks())


def _together(inputs: Any) -> np.ndarray:
    return inputs if isinstance(inputs, np.ndarray) else np.concatenate([*inputs()])
