"""Compare how long Assay's estimators and those of other libraries take to fit.

python -m benchmarks.estimators [--only WORD] [--rounds N]

The contestants run in separate processes and take turns fitting the same three quarters
of the rows with their default settings. "cold" is the first fit in a new process, which
has to compile its program because the cache is empty. "warm" is a later fit to data of
the same shape. Imports are not timed. RealMLP is included if pytabkit is installed.

Prints the median time in seconds, the quartiles, the median ratio to the warm fit in
the same round, and the mean error on the remaining rows. Wall-clock times depend on
other programs, so the ratios are more reliable.
"""

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._machine import environment, pin

_ROOT = Path(__file__).resolve().parent.parent
_CORES = 2
DATA = ("iris", "wine", "breast_cancer", "digits")
WARM = "assay, warm"


def _contestants() -> dict[str, Callable[[], Any]]:
    """Return functions that create the estimators, by contestant."""
    ours = {"assay, cold": _assay, WARM: _assay}
    peers = {"MLPClassifier": _scikit}
    if importlib.util.find_spec("pytabkit") is not None:
        peers["RealMLP"] = _realmlp
    return ours | peers


def _assay() -> Any:
    import assay

    return assay.NeuralClassifier(random_state=0)


def _scikit() -> Any:
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), MLPClassifier(random_state=0))


def _realmlp() -> Any:
    from pytabkit import RealMLP_TD_Classifier

    return RealMLP_TD_Classifier(random_state=0, device="cpu", verbosity=0)


class Fitter:
    """A process that fits a contestant to a data set on request."""

    def __init__(self, contestant: str, data: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.estimators", "--fit", contestant, data],
            cwd=_ROOT,
            env=environment(_CORES),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fit(self) -> tuple[float, float]:
        """Fit once more and return the duration and the error on the held-out rows."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print("go", file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("The fitting process failed with the error above.")
        seconds, error = answer.split()
        return float(seconds), float(error)

    def end(self) -> None:
        """Wait for the process to end."""
        self._process.communicate()


def _fit(contestant: str, data: str) -> None:
    """Fit once for each line of input and print the duration and the error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # keeps output from libraries out of the answers
    from sklearn import datasets
    from sklearn.model_selection import train_test_split

    X, y = getattr(datasets, f"load_{data}")(return_X_y=True)
    parts = train_test_split(X, y, random_state=0, stratify=y)
    train, test, of_train, of_test = parts
    estimator = _contestants()[contestant]()
    for _ in sys.stdin:
        started = time.perf_counter()
        estimator.fit(train, of_train)
        seconds = time.perf_counter() - started
        print(seconds, 1 - estimator.score(test, of_test), file=answers, flush=True)


def _measure(data: str, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return the (seconds, error) of each round, by contestant."""
    names = [*_contestants()]
    later = {name: Fitter(name, data) for name in names if not name.endswith("cold")}
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    try:
        for fitter in later.values():
            fitter.fit()
        for _ in range(rounds):
            for name in names:
                fitter = later.get(name) or Fitter(name, data)
                rows[name].append(fitter.fit())
                if name not in later:
                    fitter.end()
    finally:
        for fitter in later.values():
            fitter.end()
    return rows


def _print(data: str, rows: dict[str, list[tuple[float, float]]]) -> None:
    warm = [seconds for seconds, _ in rows[WARM]]
    for name, rounds in rows.items():
        seconds = [seconds for seconds, _ in rounds]
        error = statistics.mean(error for _, error in rounds)
        low, middle, high = statistics.quantiles(seconds, n=4, method="inclusive")
        ratios = [a / b for a, b in zip(seconds, warm, strict=True)]
        print(
            f"{data:14} {name:14} {middle:7.2f} s  {low:6.2f} to {high:6.2f} s  "
            f"ratio {statistics.median(ratios):6.2f}  error {error:.3f}",
            flush=True,
        )


def main() -> int:
    """Print a line for each data set and contestant."""
    parser = argparse.ArgumentParser("python -m benchmarks.estimators")
    parser.add_argument(
        "--only",
        default="",
        metavar="WORD",
        help="run only data sets whose name contains this word",
    )
    parser.add_argument(
        "--rounds", type=int, default=7, metavar="N", help="rounds (at least 2)"
    )
    parser.add_argument("--fit", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fit is not None:
        _fit(*options.fit)
        return 0
    if options.rounds < 2:
        parser.error("--rounds must be at least 2, because quartiles are printed")
    pin(_CORES)
    for data in DATA:
        if options.only in data:
            _print(data, _measure(data, options.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
