"""What predictions are worth: intervals, baselines, comparisons, the sealed test part.

Everything here is NumPy on arrays of targets and predictions, and the same seed gives
the same numbers.
"""

from assay.evaluate._baselines import LINEAR, Baseline, baselines
from assay.evaluate._bootstrap import bca, jackknife, resample
from assay.evaluate._comparison import Comparison, compare, mcnemar, sign_flip
from assay.evaluate._evaluation import Evaluation, evaluate
from assay.evaluate._intervals import Interval, log_delta, share_interval, wilson
from assay.evaluate._ledger import Ledger, Seal
from assay.evaluate._linear import LinearModel, fit_logistic, fit_ridge, logistic, ridge
from assay.evaluate._measured import Measured, interval_for, measure, tail_note
from assay.evaluate._task import TaskLike
from assay.evaluate._verdict import RULE, Verdict, verdict

__all__ = [
    "LINEAR",
    "RULE",
    "Baseline",
    "Comparison",
    "Evaluation",
    "Interval",
    "Ledger",
    "LinearModel",
    "Measured",
    "Seal",
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
    "logistic",
    "mcnemar",
    "measure",
    "resample",
    "ridge",
    "share_interval",
    "sign_flip",
    "tail_note",
    "verdict",
    "wilson",
]
