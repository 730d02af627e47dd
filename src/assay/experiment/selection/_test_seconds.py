"""Estimates the duration of the check-up and the test from the size of the data.

The constants are in seconds, measured on the reference machine of `machine_slowness`.
"""

from sys import modules

from assay.evaluate import MOST_CONFUSED
from assay.experiment.prepare._split import SplitData
from assay.experiment.prepare._streamed_rows import FITTED_ROWS

__all__ = ["predicted_rows", "seconds_of_test"]

_FIXED = 0.2  # saving and reports
_IMPORT = 0.7  # importing scikit-learn, which fits the linear baseline
_COLUMN = 1.6e-4  # per column: saving the preparation
_CELL = 2e-6  # per cell of the confusion matrix: saving and reports
# The linear baseline: seconds per number in the rows used for fitting, and per number
# in the rows to predict:
_FIT, _PREDICT = 3e-7, 2e-8
_FIT_CLASS, _MOST_WORK = 5e-8, 100_000_000  # per number and class; see `fit_logistic`
# The simple models of the check-up: fixed seconds, seconds per input of each row and
# class, and the maximum number of rows and of inputs:
_CHECK_UP, _SIMPLE_MODEL, _CHECKED = 0.1, 1e-7, 2000
_OVERHEAD = 20  # fixed work per row and class, as an equivalent number of inputs
# The intervals for all metrics: seconds per row, and per weight in a bootstrap or
# jackknife:
_ROW, _RESAMPLE, _LEAVE_OUT = 1e-6, 3e-8, 1.6e-8
_RESAMPLES, _MOST_RESAMPLED = 2000, 50_000_000
_GROUPS, _FEWEST_GROUPS, _SINGLE, _MOST_LEFT_OUT = 200, 50, 1000, 10_000_000
# The comparisons with the baselines: seconds per drawn row. Comparing accuracy requires
# no draws:
_DRAW, _DRAWS, _MOST_DRAWN, _MOST_COMPARED = 1.3e-8, 7000, 100_000_000, 100_000


def seconds_of_test(data: SplitData) -> float:
    """Estimate the time for the check-up, the test and saving if the slowness is 1."""
    dataset, split = data.dataset, data.split
    classes = max(dataset.task.num_classes, 1)
    imports = _IMPORT * ("sklearn.linear_model" not in modules)
    cells = classes**2 if 1 < classes <= MOST_CONFUSED else 0
    saving = _COLUMN * len(dataset.columns) + _CELL * cells
    rows, width = dataset.num_examples, dataset.width
    models = _check_up(rows, width, classes) + _baseline(data, classes)
    intervals = _intervals(len(split.test), classes)
    if data.metric != "accuracy":
        others = predicted_rows(data) - len(split.test)
        intervals += _comparison(len(split.test)) + _comparison(others)
    return _FIXED + imports + saving + models + intervals


def predicted_rows(data: SplitData) -> int:
    """Return the number of rows that are predicted in the test stage."""
    num_test = len(data.split.test)
    return num_test + min(data.dataset.num_examples - num_test, FITTED_ROWS)


def _check_up(rows: int, width: int, classes: int) -> float:
    """Return the time needed to check up on the model before the test.

    It includes fitting the simple models, unless there are too many inputs.
    """
    if width > _CHECKED:
        return _CHECK_UP
    checked = min(rows, _CHECKED)
    # with fewer rows than inputs, fitting takes about as long as for a square table
    size = checked * (min(width, checked) + _OVERHEAD) * classes
    return _CHECK_UP + _SIMPLE_MODEL * size


def _baseline(data: SplitData, classes: int) -> float:
    """Return the time to fit the linear baseline and to predict with it."""
    width = data.dataset.width
    fitted = min(data.dataset.num_examples, FITTED_ROWS)
    fit = _FIT * fitted * width
    if classes > 1:
        work = min(fitted * (width + _OVERHEAD) * classes, _MOST_WORK)
        fit = max(fit, _FIT_CLASS * work)
    return fit + _PREDICT * width * predicted_rows(data)


def _intervals(rows: int, classes: int) -> float:
    """Return the time for computing the intervals on the test rows; see `evaluate`.

    The intervals for regression have closed forms.
    """
    if classes == 1:
        return _ROW * rows
    resampled = min(_RESAMPLES * rows, max(_MOST_RESAMPLED, _GROUPS * rows))
    groups = rows
    if rows > _SINGLE:
        groups = min(_GROUPS, max(_FEWEST_GROUPS, _MOST_LEFT_OUT // rows))
    left_out = groups * rows * classes
    return _ROW * rows + _RESAMPLE * resampled + _LEAVE_OUT * left_out


def _comparison(rows: int) -> float:
    """Return the time needed to compare the model with the baselines on `rows` rows."""
    return _DRAW * min(_DRAWS * min(rows, _MOST_COMPARED), _MOST_DRAWN)
