"""The base class of the estimators."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import Tags, assert_all_finite, check_random_state, column_or_1d
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    check_is_fitted,
)

from assay import spec
from assay._errors import Faults, fault
from assay.data import Dataset, Split, Task, as_numpy, of_known_task
from assay.estimators._inputs import kinds_of, read_inputs
from assay.estimators._invalid import InvalidInput, as_value_errors
from assay.experiment import Model, fit_members
from assay.training import Fit

__all__ = ["NeuralEstimator"]

_SETTINGS = ("model", "cost", "optimizer", "schedule", "regularizers")
_SETTINGS += ("batch_size", "num_epochs", "members")
_UNINFORMATIVE = ("constant", "id")
_MOST_SEED = np.iinfo(np.int32).max


class NeuralEstimator(BaseEstimator):
    """Base class of the estimators. `NeuralClassifier` documents the parameters."""

    model_: Model

    def __init__(
        self,
        model: Any = "auto",
        *,
        cost: Any = "auto",
        optimizer: Any = "auto",
        learning_rate: float | None = None,
        schedule: Any = "auto",
        regularizers: Any = "auto",
        batch_size: int | str = "auto",
        num_epochs: int | str = "auto",
        members: int | str = "auto",
        early_stopping: bool = False,
        val_fraction: float = 0.15,
        patience: int = 10,
        categorical_features: Sequence[str | int] | None = None,
        random_state: Any = None,
    ) -> None:
        self.model = model
        self.cost = cost
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.regularizers = regularizers
        self.batch_size = batch_size
        self.num_epochs = num_epochs
        self.members = members
        self.early_stopping = early_stopping
        self.val_fraction = val_fraction
        self.patience = patience
        self.categorical_features = categorical_features
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:
        """Return the scikit-learn tags, which allow missing values and text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags

    def _read(
        self, X: Any, y: Any, sample_weight: Any
    ) -> tuple[pl.DataFrame, np.ndarray, np.ndarray | None, dict[str, str]]:
        """Return the table, the targets, the weights and the column kinds.

        Rows with weight 0 are excluded.
        """
        with as_value_errors():
            frame = read_inputs(self, X, reset=True)
            kinds = kinds_of(X, frame, self.categorical_features)
        y = self._targets(y)
        check_consistent_length(frame, y)
        self._columns = frame.columns
        if sample_weight is None:
            return frame, y, None, kinds
        weights = _check_sample_weight(sample_weight, frame, ensure_non_negative=True)
        kept = np.flatnonzero(weights)
        # Only the ratios matter, and float32 cannot represent very small numbers.
        weights = weights / weights.max()
        return frame[kept], y[kept], weights[kept], kinds

    def _targets(self, y: Any) -> np.ndarray:
        """Return the targets as an array of shape (n,). Missing values are rejected."""
        if y is None:
            raise InvalidInput(
                f"{type(self).__name__} requires y to be passed, but the target y is "
                "None. Write fit(X, y)."
            )
        y = as_numpy(y)
        if hasattr(y, "isna") and not np.any(y.isna()):
            y = y.to_numpy()  # scikit-learn would turn nullable types into floats
        masked = np.ma.getmaskarray(y) if isinstance(y, np.ma.MaskedArray) else False
        y = column_or_1d(y, warn=True)
        missing = y == None if y.dtype.kind == "O" else masked  # noqa: E711
        if np.any(missing):
            raise InvalidInput(
                f"y is missing in {int(np.sum(missing))} of {len(y)} rows, starting "
                f"with row {int(np.argmax(missing))}. Drop these rows."
            )
        assert_all_finite(y, estimator_name=type(self).__name__, input_name="y")
        return y

    def _train(
        self,
        frame: pl.DataFrame,
        target: np.ndarray,
        task: Task,
        *,
        kinds: dict[str, str],
        weights: np.ndarray | None,
    ) -> None:
        """Train the members and set the attributes of a fitted estimator."""
        seed = int(check_random_state(self.random_state).randint(_MOST_SEED))
        with as_value_errors():
            experiment = spec.Experiment(seed=seed, **self._settings())
            stopping = self._stopping(experiment)
            dataset = of_known_task(frame, target, task, kinds=kinds, weights=weights)
            _warn_of_unused(dataset)
            fitted = fit_members(
                experiment,
                dataset,
                self._split(target, task, seed, watched=stopping is not None),
                learning_rate=_plain(self.learning_rate),
                early_stopping=stopping,
            )
        self.model_ = fitted.model
        self._record(fitted.fits)

    def _settings(self) -> dict[str, Any]:
        """Return the fields of an experiment that the user has set."""
        values = {name: _plain(getattr(self, name)) for name in _SETTINGS}
        return {
            name: value
            for name, value in values.items()
            if not (isinstance(value, str) and value == "auto")
        }

    def _stopping(self, experiment: spec.Experiment) -> spec.EarlyStopping | None:
        """Return the early-stopping rule, or None to train for all epochs."""
        self._check_stopping()
        listed = [
            r for r in experiment.regularizers if isinstance(r, spec.EarlyStopping)
        ]
        if listed:
            return listed[0]
        if not self.early_stopping:
            return None
        return spec.EarlyStopping(patience_epochs=_plain(self.patience))

    def _check_stopping(self) -> None:
        """Raise an InvalidInput if the parameters of early stopping are invalid."""
        faults = Faults()
        if self.early_stopping not in (True, False):
            rule, fix = "early_stopping in (True, False)", "Write True or False."
            faults.add(fault(rule, "early_stopping", self.early_stopping, fix))
        fraction = _plain(self.val_fraction)
        is_number = isinstance(fraction, int | float) and not isinstance(fraction, bool)
        if not (is_number and 0 < fraction < 1):
            rule, fix = "0 < val_fraction < 1", "Use a fraction, such as 0.15."
            faults.add(fault(rule, "val_fraction", fraction, fix))
        if faults.messages:
            raise InvalidInput(faults.messages)

    def _split(
        self, target: np.ndarray, task: Task, seed: int, *, watched: bool
    ) -> Split:
        """Return a split of all rows into train and, for early stopping, val."""
        rows = np.arange(len(target))
        val = rows[:0]
        if watched:
            classes = None if task.kind == "regression" else target
            rows, val = train_test_split(
                rows,
                test_size=self.val_fraction,
                random_state=seed,
                stratify=classes,
            )
        parts = (np.sort(part) for part in (rows, val, rows[:0]))
        return Split(*parts, by="given", hash="")

    def _record(self, fits: Sequence[Fit]) -> None:
        first, per_epoch = fits[0], fits[0].iterations_per_epoch
        costs = first.history.iterations["cost"].astype(float)
        starts = range(0, len(costs), per_epoch)
        self.n_iter_ = max(fit.epoch for fit in fits)
        self.loss_curve_ = [float(costs[i : i + per_epoch].mean()) for i in starts]
        self.val_loss_curve_ = [float(c) for c in first.history.epochs["val_cost"]]
        if np.isnan(self.val_loss_curve_).any():
            self.val_loss_curve_ = None

    def _predict(self, X: Any) -> np.ndarray:
        """Return the model's predictions for rows of features."""
        check_is_fitted(self)
        with as_value_errors():
            frame = read_inputs(self, X, reset=False)
            frame.columns = self._columns
            return self.model_.predict(frame)


def _warn_of_unused(dataset: Dataset) -> None:
    """Warn about columns that cannot be used together with the other columns."""
    unused = [
        f"{column.name!r} ({column.kind})"
        for column in dataset.columns
        if not column.used and not column.ignored and column.kind not in _UNINFORMATIVE
    ]
    if unused:
        warnings.warn(
            f"These columns are not used: {', '.join(unused)}. Drop them, or fit a "
            "separate estimator on them.",
            UserWarning,
            stacklevel=4,
        )


def _plain(value: Any) -> Any:
    """Convert a NumPy number, such as one from a parameter grid, to a Python number."""
    return value.item() if isinstance(value, np.generic) else value
