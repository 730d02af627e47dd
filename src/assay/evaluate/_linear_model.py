"""Ridge and logistic regression, with penalties chosen on the training rows only."""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from assay._seeds import generator
from assay.regularize import Ridge, ridge

if TYPE_CHECKING:  # importing scikit-learn takes more than a second
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

__all__ = ["LinearModel", "fit_logistic", "fit_ridge"]

# The inputs are standardized, so one grid fits every data set. The largest penalty
# shrinks all coefficients to almost 0; the smallest has almost no effect.
LOGISTIC_PENALTIES = 10.0 ** np.arange(5, -3, -1)
NUM_FOLDS = 5
# Limits on rows x columns x classes, so fitting a baseline takes only seconds. Choosing
# a penalty takes about 1000 passes over the rows, and the final fit about 100.
_CHOICE_WORK, _FIT_WORK = 10_000_000, 100_000_000
_FEWEST_ROWS = 1000
# A linear model has few coefficients, which hardly change if more rows are used.
_MOST_ROWS = 100_000
# Even fewer rows are enough to choose between penalties that differ by powers of ten.
_MOST_CHOICE_ROWS = 20_000
# Comparing penalties requires less precision than the final fit.
_CHOICE_TOLERANCE, _FIT_TOLERANCE = 1e-3, 1e-5
_MAX_ITERATIONS = 1000
_COPIED_NUMBERS = 1_000_000  # 8 MB
_FREED_NUMBERS = 2**21  # 8 MB as float32


@dataclass(frozen=True)
class LinearModel:
    """Ridge or logistic regression on standardized inputs.

    Args:
        fitted: ridge regression, or a scikit-learn pipeline of a scaler and logistic
            regression.
        penalty: the chosen L2 penalty.
        num_rows: number of rows used to fit the model.
        num_classes: number of classes; None for regression.
        on_train: predictions for the inputs used to fit the model, if known.
    """

    fitted: "Ridge | Pipeline"
    penalty: float
    num_rows: int
    num_classes: int | None = None
    on_train: np.ndarray | None = None

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """Return predictions for inputs (n, d).

        Returns:
            Numbers (n,) for regression, otherwise probabilities (n, num_classes).
        """
        if self.num_classes is None or isinstance(self.fitted, Ridge):
            return self.fitted.predict(inputs)
        scaler, model = self.fitted
        return _probabilities(model, _scaled(scaler, inputs), self.num_classes)


def fit_ridge(inputs: np.ndarray, targets: np.ndarray, *, seed: int) -> LinearModel:
    """Fit ridge regression with the L2 penalty that minimizes the leave-one-out error.

    Args:
        inputs: (n, d).
        targets: (n,) numbers.
        seed: seed for sampling rows if there are too many.
    """
    n, d = inputs.shape
    rows = some_rows(n, min(_MOST_ROWS, _FIT_WORK // max(d, 1)), seed)
    # The penalty is chosen on the first rows, so sorted rows must be shuffled.
    rows = generator(seed, "linear", "order").permutation(rows)
    fitted = ridge(inputs[rows], np.asarray(targets, np.float64)[rows])
    return LinearModel(fitted, fitted.penalty, len(rows))


def fit_logistic(
    inputs: np.ndarray,
    targets: np.ndarray,
    *,
    num_classes: int,
    seed: int,
    weights: np.ndarray | None = None,
    keep_inputs: bool = True,
) -> LinearModel:
    """Fit logistic regression, choosing the L2 penalty by 5-fold cross-validation.

    Args:
        inputs: (n, d).
        targets: (n,) class indices.
        num_classes: number of classes.
        seed: seed for the folds, and for sampling rows if there are too many.
        weights: (n,) weights of the rows; None for equal weights.
        keep_inputs: whether to keep the inputs; if False, they may be freed to save
            memory.
    """
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    n, width = len(inputs), max(inputs.shape[1] * num_classes, 1)
    targets = np.asarray(targets, np.int64)
    rows = some_rows(n, min(_MOST_ROWS, _FIT_WORK // width), seed)
    few = some_rows(n, min(_MOST_CHOICE_ROWS, _CHOICE_WORK // width), seed)
    scaler = _fit_scaler(inputs if len(rows) == n else inputs[rows])

    def scaled(chosen: np.ndarray, keep: bool = True) -> np.ndarray:
        if len(chosen) < n:
            return _scaled(scaler, inputs[chosen])
        return _scaled(scaler, inputs) if keep else _moved(scaler, inputs)

    def others(chosen: np.ndarray) -> tuple[Any, ...]:
        return targets[chosen], None if weights is None else weights[chosen]

    penalty = 1.0
    if len(np.unique(targets[rows])) < 2:  # scikit-learn cannot fit a single class
        fitted_rows = scaled(rows, keep_inputs)
        model: Any = DummyClassifier().fit(fitted_rows, *others(rows))
    else:
        # The optimizer multiplies small arrays, which is faster without threads.
        with threadpool_limits(1), warnings.catch_warnings():
            # Ignore warnings that the fit did not converge, or that a class has fewer
            # rows than there are folds. The baseline is still useful.
            warnings.simplefilter("ignore", UserWarning)
            penalty = _choose_penalty(scaled(few), *others(few), seed=seed)
            fitted_rows = scaled(rows, keep_inputs)
            model = LogisticRegression(
                C=1 / penalty, tol=_FIT_TOLERANCE, max_iter=_MAX_ITERATIONS
            ).fit(fitted_rows, *others(rows))
    pipeline = make_pipeline(scaler, model)
    if len(rows) < n:
        return LinearModel(pipeline, penalty, len(rows), num_classes)
    on_train = _probabilities(model, fitted_rows, num_classes)
    return LinearModel(pipeline, penalty, len(rows), num_classes, on_train)


def _probabilities(model: Any, scaled: np.ndarray, num_classes: int) -> np.ndarray:
    """Return the predicted probabilities (n, num_classes)."""
    # The estimator has no columns for classes without training rows.
    probabilities = np.zeros((len(scaled), num_classes))
    probabilities[:, model.classes_] = model.predict_proba(scaled)
    return probabilities


def _fit_scaler(inputs: np.ndarray) -> "StandardScaler":
    """Return a scaler for inputs (n, d) that was fitted to a few columns at a time.

    A scaler makes several copies of its inputs. Fitting it to all columns at once would
    take more memory than all other steps, with bit-for-bit identical results.
    """
    from sklearn.preprocessing import StandardScaler

    n, d = inputs.shape
    num_blocks = max(min(n * d // _COPIED_NUMBERS, d // 2), 1)
    # a single column would be summed in a different order
    parts = [
        StandardScaler().fit(block.astype(np.float64))
        for block in np.array_split(inputs, num_blocks, axis=1)
    ]
    scaler = StandardScaler().fit(inputs[:1].astype(np.float64))
    scaler.n_samples_seen_ = n
    for name in ("mean_", "var_", "scale_"):
        values = np.concatenate([getattr(part, name) for part in parts])
        setattr(scaler, name, values)
    return scaler


def _scaled(scaler: Any, inputs: np.ndarray) -> np.ndarray:
    """Return the standardized inputs (n, d) as float64, copying them only once."""
    return scaler.transform(inputs.astype(np.float64), copy=False)


def _moved(scaler: Any, inputs: np.ndarray) -> np.ndarray:
    """Return the standardized inputs (n, d) as float64 and free the inputs gradually.

    The inputs have no rows afterward. Unlike `_scaled`, this never keeps both complete
    arrays in memory at the same time.
    """
    if not inputs.flags.owndata:
        return _scaled(scaler, inputs)
    scaled = np.empty(inputs.shape)  # takes up memory only once it is written to
    size = max(_FREED_NUMBERS // max(inputs.shape[1], 1), 1)
    for start in reversed(range(0, len(inputs), size)):
        scaled[start : start + size] = _scaled(scaler, inputs[start:])
        inputs.resize((start, inputs.shape[1]), refcheck=False)
    return scaled


def _choose_penalty(
    inputs: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray | None,
    *,
    seed: int,
) -> float:
    """Return the penalty with the smallest log loss on held-out rows."""
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.model_selection import StratifiedKFold

    counts = np.bincount(targets)
    # StratifiedKFold raises an error if no class has enough rows for all folds.
    num_folds = min(NUM_FOLDS, int(counts.max()))
    if num_folds < 2 or np.count_nonzero(counts) < 2:
        return 1.0
    # scikit-learn accepts only 32-bit seeds
    fold_seed = int(generator(seed, "linear", "folds").integers(2**32))
    estimator: Any = (
        LogisticRegressionCV  # the type annotation in scikit-learn is too narrow
    )
    choice = estimator(
        Cs=1 / LOGISTIC_PENALTIES,
        cv=StratifiedKFold(num_folds, shuffle=True, random_state=fold_seed),
        scoring=_log_likelihood,
        l1_ratios=(0,),
        tol=_CHOICE_TOLERANCE,
        max_iter=_MAX_ITERATIONS,
        use_legacy_attributes=False,
    ).fit(inputs, targets, sample_weight=weights)
    return float(1 / choice.C_)


def _log_likelihood(
    model: Any,
    inputs: np.ndarray,
    targets: np.ndarray,
    sample_weight: np.ndarray | None = None,
) -> float:
    """Return the mean log probability of the true classes.

    This is scikit-learn's "neg_log_loss" without its input checks, which take longer
    than fitting a model to a small table.
    """
    probabilities = model.predict_proba(inputs)
    places = np.searchsorted(model.classes_, targets)
    of_true = probabilities[np.arange(len(targets)), places]
    eps = np.finfo(of_true.dtype).eps
    logs = np.log(np.clip(of_true, eps, 1 - eps))
    return float(np.average(logs, weights=sample_weight))


def some_rows(n: int, limit: int, seed: int) -> np.ndarray:
    """Return all row numbers, or a sorted random sample of at least 1000 of them."""
    num_rows = min(n, max(_FEWEST_ROWS, limit))
    if num_rows == n:
        return np.arange(n)
    return np.sort(generator(seed, "linear", "rows").permutation(n)[:num_rows])
