"""A finished run, with its test result, model and records."""

import math
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from assay._calls import ExplainsNames, explains_arguments, explains_construction
from assay.experiment.model._model import Model
from assay.records import Finding, RunFolder, Summary
from assay.report import REPORT, summary_html, summary_text

__all__ = ["Run", "TestResult", "load"]


class TestResult(NamedTuple):
    """The result on the sealed test set.

    Args:
        metric: name of the metric, such as "accuracy".
        value: value of the metric.
        interval: the confidence interval (low, high).
        num_examples: number of test rows.
        openings: number of times any run has opened the test rows so far.
    """

    metric: str
    value: float
    interval: tuple[float, float]
    num_examples: int
    openings: int


@explains_construction("assay.load('runs/NAME')")
class Run(ExplainsNames):
    """A finished run. Printing it shows the test result.

    Args:
        folder: folder of the run.
        network: factory of the network, if it was written in Python.

    Example:
        >>> import assay
        >>> run = assay.train("iris", trials=1, runs=None)
        >>> run.test.metric
        'accuracy'
    """

    def __init__(self, folder: RunFolder | str | Path, network: Any = None) -> None:
        is_open = isinstance(folder, RunFolder)
        self.folder = folder if is_open else RunFolder.open(folder)
        self._network = network

    @property
    def path(self) -> Path:
        """The path of the run's folder."""
        return self.folder.path

    @property
    def report(self) -> Path:
        """The path of the HTML report."""
        return self.folder.path_of(REPORT)

    @cached_property
    def summary(self) -> Summary:
        """The summary of the run, as stored in `run.json`."""
        return self.folder.summary()

    @property
    def test(self) -> TestResult:
        """The result on the sealed test set."""
        test = self.summary["test"]
        value, low, high = (
            math.nan if number is None else number
            for number in (test["value"], *(test["interval"] or (None, None)))
        )
        return TestResult(
            test["metric"],
            value,
            (low, high),
            test["num_examples"],
            test["openings"],
        )

    @property
    def findings(self) -> list[Finding]:
        """Findings about the data and the training."""
        return [Finding.from_json(finding) for finding in self.summary["findings"]]

    @cached_property
    def model(self) -> Model:
        """The trained model."""
        return Model.load(self.folder, self._network)

    @explains_arguments("run.predict(X)")
    def predict(self, source: Any) -> np.ndarray:
        """Return predictions for new rows, like `Model.predict`."""
        return self.model.predict(source)

    def __repr__(self) -> str:
        return summary_text(dict(self.summary))

    def _repr_html_(self) -> str:
        return summary_html(dict(self.summary))


@explains_arguments("assay.load('runs/NAME')")
def load(path: str | Path, *, model: Any = None) -> Run:
    """Load a finished run from its folder.

    Args:
        path: path of the folder.
        model: factory of the network, if it was written in Python.

    Raises:
        RunError: the folder does not contain a run.
    """
    return Run(path, model)
