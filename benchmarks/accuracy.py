"""Compare Assay's test accuracy with scikit-learn's on the same rows.

python -m benchmarks.accuracy [--seeds N] [--data NAME ...]

For each seed, the whole protocol is run with default settings, and scikit-learn's
MLPClassifier or MLPRegressor and logistic or ridge regression are fitted to train +
val. All models are evaluated on the same test rows. The peers use standardized inputs
and more iterations than by default. The penalty of the linear models is chosen by
cross-validation.
"""

import argparse
import tempfile
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegressionCV, RidgeCV
from sklearn.neural_network import MLPClassifier, MLPRegressor

from assay import data
from assay.experiment import Experiment

DATA = ("digits", "wine", "breast_cancer", "iris", "diabetes")


@dataclass(frozen=True)
class Scores:
    """Accuracy or R2 on the test rows, for one seed.

    Args:
        assay: result of Assay's protocol.
        net: result of scikit-learn's multilayer perceptron.
        linear: result of scikit-learn's logistic or ridge regression.
    """

    assay: float
    net: float
    linear: float


def main() -> None:
    """Print a row for each seed and the means for each data set."""
    arguments = _parser().parse_args()
    warnings.simplefilter("ignore")  # hides the peers' convergence warnings
    with tempfile.TemporaryDirectory() as root:
        for name in arguments.data:
            rows = [_scores(name, seed, root) for seed in range(arguments.seeds)]
            _print(name, rows)


def _scores(name: str, seed: int, root: str) -> Scores:
    run = Experiment(data=name, seed=seed).run(runs=root)
    dataset = data.load(name)
    split = data.split(dataset, seed=seed)
    rows = np.concatenate([split.train, split.val])
    inputs, targets = run.model.preparation.transform(dataset), dataset.target
    regression = dataset.task.kind == "regression"
    metric = "r2" if regression else "accuracy"
    net, linear = _peers(seed, regression=regression)
    peers = [
        peer.fit(inputs[rows], targets[rows]).score(
            inputs[split.test], targets[split.test]
        )
        for peer in (net, linear)
    ]
    value = run.summary["metrics"][metric]["value"]
    scores = Scores(float("nan") if value is None else value, *peers)
    print(
        f"{name:14} seed {seed}  assay {scores.assay:.4f}  "
        f"net {scores.net:.4f}  linear {scores.linear:.4f}",
        flush=True,
    )
    return scores


def _peers(seed: int, *, regression: bool) -> tuple[Any, Any]:
    if regression:  # with standardized targets, the R2 of the net would be halved
        net = MLPRegressor(max_iter=1000, random_state=seed)
        return net, RidgeCV(np.logspace(-3, 3, 13))
    net = MLPClassifier(max_iter=1000, random_state=seed)
    linear = LogisticRegressionCV(
        Cs=8,
        max_iter=2000,
        l1_ratios=(0,),
        scoring="accuracy",
        use_legacy_attributes=False,
    )
    return net, linear


def _print(name: str, rows: list[Scores]) -> None:
    table = np.array([[row.assay, row.net, row.linear] for row in rows])
    means = table.mean(axis=0)
    gaps = table[:, :1] - table[:, 1:]
    errors = gaps.std(axis=0, ddof=1) / np.sqrt(len(rows)) if len(rows) > 1 else [0, 0]
    print(
        f"{name:14} mean of {len(rows)}  assay {means[0]:.4f}  "
        f"net {means[1]:.4f} ({gaps[:, 0].mean():+.4f} ± {errors[0]:.4f})  "
        f"linear {means[2]:.4f} ({gaps[:, 1].mean():+.4f} ± {errors[1]:.4f})",
        flush=True,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.accuracy")
    parser.add_argument("--seeds", type=int, default=10, metavar="N")
    parser.add_argument("--data", nargs="+", default=DATA, metavar="NAME")
    return parser


if __name__ == "__main__":
    main()
