"""Evaluation of predictions: intervals, baselines and comparisons.

The functions take NumPy arrays of targets and predictions. Results are reproducible for
a fixed seed.
"""

from assay._calls import explain_package
from assay.evaluate._baselines import LINEAR, Baseline, baselines
from assay.evaluate._bootstrap import bca, jackknife, resample
from assay.evaluate._closed_form_intervals import (
    Interval,
    log_delta,
    share_interval,
    wilson,
)
from assay.evaluate._comparison import Comparison, compare, mcnemar, sign_flip
from assay.evaluate._evaluation import MOST_CONFUSED, Evaluation, evaluate
from assay.evaluate._linear_model import LinearModel, fit_logistic, fit_ridge
from assay.evaluate._measurement import Measurement, measure, tail_note
from assay.evaluate._metric_interval import interval_for
from assay.evaluate._task_like import TaskLike
from assay.evaluate._verdict import RULE, Verdict, verdict

__all__ = [
    "LINEAR",
    "MOST_CONFUSED",
    "RULE",
    "Baseline",
    "Comparison",
    "Evaluation",
    "Interval",
    "LinearModel",
    "Measurement",
    "TaskLike",
    "Verdict",
    "baselines",
    "bca",
    "compare",
    "evaluate",
    "fit_logistic",
    "fit_ridge",
    "interval_for",
    "jackknife",
    "log_delta",
    "mcnemar",
    "measure",
    "resample",
    "share_interval",
    "sign_flip",
    "tail_note",
    "verdict",
    "wilson",
]

explain_package(__name__)
