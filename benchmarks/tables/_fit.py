"""Fits one contestant to one table in a separate process and prints its test error.

python -m benchmarks.tables._fit CONTESTANT CSV SEED LOSSES
"""

import json
import logging
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["OURS", "PEERS", "Outcome", "ours"]

_MANY_LEVELS = 250  # boosted trees accept at most 255 categories


@dataclass(frozen=True, eq=False)
class Outcome:
    """The losses of a contestant on the test set.

    Args:
        losses: (n,) squared errors or, for classes, 1 if wrong and 0 if correct.
        squared: whether the losses are squared errors.
        interval: Assay's 95% interval for the error; None for a peer.
    """

    losses: np.ndarray
    squared: bool
    interval: tuple[float, float] | None = None

    @classmethod
    def of(cls, targets: np.ndarray, predictions: np.ndarray, squared: bool) -> Any:
        """Return the losses of predictions."""
        wrong = (predictions - targets) ** 2 if squared else predictions != targets
        return cls(wrong.astype(float), squared)

    @property
    def error(self) -> float:
        """The RMSE or, for classes, 1 - accuracy."""
        mean = self.losses.mean()
        return float(np.sqrt(mean) if self.squared else mean)


def ours(csv: str, seed: int, model: str = "auto", **fields: Any) -> Outcome:
    """Run the whole protocol and return the losses on test."""
    from assay.experiment import Experiment

    experiment = Experiment(data=csv, target="target", seed=seed, model=model, **fields)
    with tempfile.TemporaryDirectory() as runs:
        run = experiment.run(runs=runs)
        rows = run.folder.read_parquet("test_predictions.parquet")
        metrics = run.summary["metrics"]
    squared = "rmse" in metrics
    outcome = Outcome.of(rows["target"], rows["prediction"], squared)
    low, high = metrics["rmse" if squared else "accuracy"]["interval"]
    interval = (low, high) if squared else (1 - high, 1 - low)
    return Outcome(outcome.losses, squared, interval)


def peer(name: str, csv: str, seed: int) -> Outcome:
    """Fit a peer to train + val and return the losses on test."""
    import pandas as pd

    from assay import data

    dataset = data.load(csv, target="target")
    parts, y = data.split(dataset, seed=seed), dataset.target
    frame = pd.read_csv(csv).drop(columns="target")
    train = np.concatenate([parts.train, parts.val])
    frame, words = _filled(frame, train)
    regression = dataset.task.kind == "regression"
    model = PEERS[name](words, seed, regression)
    options = {"cat_col_names": words} if name == "RealMLP" else {}
    if name == "boosted trees":
        many = [word for word in words if frame[word].nunique() > _MANY_LEVELS]
        frame = frame.drop(columns=many)
    model.fit(frame.iloc[train], y[train], **options)
    predicted = np.asarray(model.predict(frame.iloc[parts.test])).ravel()
    return Outcome.of(y[parts.test], predicted, regression)


def _filled(frame: Any, train: np.ndarray) -> tuple[Any, list[str]]:
    """Fill in missing values, and return the table and its text columns.

    Missing numbers are replaced with the median of the training rows and flagged.
    Missing words become a separate category.
    """
    columns: dict[str, Any] = {}
    words = []
    for name, values in frame.items():
        if values.dtype.kind in "fiub":
            if values.isna().any():
                columns[f"{name} is missing"] = values.isna().astype(float)
            columns[name] = values.fillna(values.iloc[train].median()).astype(float)
        else:
            text = values.astype("object").where(values.notna(), "missing")
            columns[name] = text.astype(str).astype("category")
            words.append(name)
    return type(frame)(columns), words


def _piped(model: Any, words: list[str], regression: bool) -> Any:
    """Return a pipeline that standardizes numbers and targets and encodes words."""
    from sklearn.compose import (
        TransformedTargetRegressor,
        make_column_selector,
        make_column_transformer,
    )
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    numbers = make_column_selector(dtype_include="number")
    columns = make_column_transformer((StandardScaler(), numbers), (one_hot, words))
    piped = make_pipeline(columns, model)
    if not regression:
        return piped
    return TransformedTargetRegressor(piped, transformer=StandardScaler())


def _linear(words: list[str], seed: int, regression: bool) -> Any:
    from sklearn.linear_model import LogisticRegressionCV, RidgeCV

    if regression:
        return _piped(RidgeCV(np.logspace(-3, 3, 13)), words, regression)
    options = {"l1_ratios": (0,), "use_legacy_attributes": False}
    model = LogisticRegressionCV(Cs=8, max_iter=2000, scoring="accuracy", **options)
    return _piped(model, words, regression)


def _mlp(words: list[str], seed: int, regression: bool) -> Any:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPRegressor if regression else MLPClassifier
    return _piped(kind(random_state=seed), words, regression)


def _support_vectors(words: list[str], seed: int, regression: bool) -> Any:
    from sklearn.svm import SVC, SVR

    return _piped(SVR() if regression else SVC(), words, regression)


def _boosted_trees(words: list[str], seed: int, regression: bool) -> Any:
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
    )

    trees = HistGradientBoostingClassifier
    kind = HistGradientBoostingRegressor if regression else trees
    return kind(random_state=seed, categorical_features="from_dtype")


def _realmlp(words: list[str], seed: int, regression: bool) -> Any:
    from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

    kind = RealMLP_TD_Regressor if regression else RealMLP_TD_Classifier
    return kind(random_state=seed, device="cpu", verbosity=0)


OURS = {"assay": "auto"}
"""The models of Assay's contestants."""

PEERS: dict[str, Callable[[list[str], int, bool], Any]] = {
    "linear": _linear,
    "MLP": _mlp,
    "support vectors": _support_vectors,
    "boosted trees": _boosted_trees,
    "RealMLP": _realmlp,
}
"""Functions of (text columns, seed, kind of task) that create the peers."""


def main(name: str, csv: str, seed: str, losses: str) -> None:
    """Print the test error of a contestant and write its losses to a file."""
    warnings.simplefilter("ignore")  # hides convergence warnings of the peers
    logging.disable(logging.WARNING)
    fits = name in OURS
    outcome = ours(csv, int(seed), OURS[name]) if fits else peer(name, csv, int(seed))
    np.save(losses, outcome.losses)
    result: dict[str, Any] = {"error": outcome.error, "squared": outcome.squared}
    if outcome.interval is not None:
        result["interval"] = outcome.interval
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
