"""Simple models that help to distinguish training problems from difficult data."""

import math
import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from assay.doctor._facts import Reference, skill_of
from assay.doctor._patient import Patient

__all__ = ["References", "fit_references"]

_MOST_ROWS, _MOST_INPUTS = 2000, 2000
_NUM_FOLDS = 5
_NUM_NEIGHBORS = 10
_NUM_AROUND, _FEWEST_ROWS, _LEAST_INSIDE = 15, 50, 0.3
_INSIDE = 0.9  # fraction of the neighbors that must have the same smoothed class
_AGREE = 0.8  # fraction of the neighbors that must agree on another class
_FARTHER = 0.75  # probability that a row that looks wrong has more distant neighbors
_MOST_P = 0.01


@dataclass(frozen=True, eq=False)
class References:
    """Simple models fitted to the training set.

    Args:
        linear: ridge or logistic regression.
        neighbors: k-nearest neighbors.
        suspicious: row numbers of the training rows whose neighbors agree on a
            different class.
        num_rows: number of examined rows.
        wrong_inside: among the rows in single-class regions, the fraction with another
            class; 0 if less than 30% of all rows are in such regions.
    """

    linear: Reference
    neighbors: Reference
    suspicious: np.ndarray
    num_rows: int
    wrong_inside: float = 0.0

    @property
    def models(self) -> tuple[Reference, Reference]:
        """The linear model and the nearest-neighbor model."""
        return self.linear, self.neighbors


def fit_references(patient: Patient) -> References | None:
    """Fit the simple models; return None if there are too few rows or too many inputs.

    Inputs are standardized, even if those of the network are not. At most 2,000 rows
    are used. `val_skill` is measured by cross-validation on the training set, so it
    does not require a validation set. Unlike the baselines of a run, logistic
    regression uses a fixed penalty, because choosing one by cross-validation would take
    several times as long.
    """
    inputs, targets = patient.inputs[:_MOST_ROWS], patient.targets[:_MOST_ROWS]
    inputs = inputs.reshape(len(inputs), -1).astype(np.float64)
    enough = len(inputs) >= 2 * _NUM_FOLDS and inputs.shape[1] <= _MOST_INPUTS
    if not enough or not np.isfinite(inputs).all() or len(np.unique(targets)) < 2:
        return None
    classes = patient.data.num_classes > 1
    models = _models(classes=classes, num_rows=len(inputs))
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # warnings about convergence and tiny classes
        out = _out_of_sample(models, inputs, targets, classes=classes)
        val_inputs, val_targets = _val_rows(patient)
        points, unseen = _standardized(inputs, val_inputs)
        linear, neighbors = (
            _reference(
                name,
                model.fit(points, targets),
                (points, targets, out[name]),
                (unseen, val_targets),
            )
            for name, model in models.items()
        )
        suspicious, wrong_inside = np.zeros(0, np.int64), 0.0
        if classes:
            shares, labels = out["neighbors"], targets.astype(np.int64)
            around = _Around.of(points) if len(points) >= _FEWEST_ROWS else None
            suspicious = _disagreeing(shares, labels, around)
            wrong_inside = 0.0 if around is None else _wrong_inside(around, labels)
    if patient.row_numbers is not None:
        suspicious = patient.row_numbers[suspicious]
    return References(linear, neighbors, suspicious, len(inputs), wrong_inside)


def _models(*, classes: bool, num_rows: int) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    near = min(_NUM_NEIGHBORS, num_rows // 4)
    linear = LogisticRegression(max_iter=200) if classes else RidgeCV()
    kind: Any = KNeighborsClassifier if classes else KNeighborsRegressor
    return {"linear": linear, "neighbors": kind(near)}


def _standardized(*inputs: np.ndarray) -> list[np.ndarray]:
    """Standardize arrays (n, d) with the scale of the first. The rest may be empty."""
    from sklearn.preprocessing import StandardScaler

    scaler: Any = StandardScaler().fit(inputs[0])
    return [scaler.transform(each) if len(each) else each for each in inputs]


def _val_rows(patient: Patient) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs (n, d) and targets (n,) of at most 2,000 finite validation rows."""
    inputs, targets = (part[:_MOST_ROWS] for part in patient.val)
    size = math.prod(inputs.shape[1:])  # reshape cannot infer it if there are no rows
    inputs = inputs.reshape(len(inputs), size).astype(np.float64)
    finite = np.isfinite(inputs).all(axis=1)
    return inputs[finite], targets[finite]


def _reference(
    name: str,
    model: Any,
    train: tuple[np.ndarray, np.ndarray, np.ndarray],
    val: tuple[np.ndarray, np.ndarray],
) -> Reference:
    """Return the skill of a model on the rows used to fit it, and on other rows.

    Args:
        name: name of the model.
        model: a model fitted to the training set.
        train: inputs (n, d), targets (n,) and cross-validation predictions,
            (n, classes) or (n,).
        val: inputs (m, d) and targets (m,).
    """
    points, targets, out = train
    classes = out.ndim > 1
    chance = targets.var()
    others = out
    if classes:
        chance = np.bincount(targets.astype(np.int64)).max() / len(targets)
        others = np.unique(targets)[out.argmax(axis=1)]

    def skill(predicted: np.ndarray, true: np.ndarray) -> float:
        right = predicted == true if classes else (predicted - true) ** 2
        return float(skill_of(right.mean(), chance, regression=not classes))

    unseen, val_targets = val
    return Reference(
        name,
        skill(model.predict(points), targets),
        skill(others, targets),
        _p_value(out, targets),
        skill(model.predict(unseen), val_targets) if len(unseen) else math.nan,
    )


def _out_of_sample(
    models: dict[str, Any], inputs: np.ndarray, targets: np.ndarray, *, classes: bool
) -> dict[str, np.ndarray]:
    """Return the predictions of each model in cross-validation.

    The predictions equal those of scikit-learn's `cross_val_predict` with pipelines,
    which is slower on small tables because it checks and copies all arrays again for
    each model and fold.

    Returns:
        Probabilities (n, classes) or numbers (n,), by model name.
    """
    from sklearn.model_selection import KFold, StratifiedKFold

    labels, places = np.unique(targets, return_inverse=True)
    enough = np.bincount(places).max() >= _NUM_FOLDS
    kind = StratifiedKFold if classes and enough else KFold
    folds = kind(_NUM_FOLDS, shuffle=True, random_state=0).split(inputs, targets)
    known = places if classes else targets
    held_out: list[np.ndarray] = []
    predicted: dict[str, list[np.ndarray]] = {name: [] for name in models}
    for rows, others in folds:
        held_out.append(others)
        points, unseen = _standardized(inputs[rows], inputs[others])
        for name, model in models.items():
            model.fit(points, known[rows])
            if not classes:
                predicted[name].append(model.predict(unseen))
                continue
            shares = np.zeros((len(others), len(labels)))  # a fold may lack a class
            shares[:, model.classes_] = model.predict_proba(unseen)
            predicted[name].append(shares)
    back = np.argsort(np.concatenate(held_out))
    return {name: np.concatenate(parts)[back] for name, parts in predicted.items()}


def _p_value(out: np.ndarray, targets: np.ndarray) -> float:
    """Return the probability of predictions this good if the inputs are uninformative.

    For each class, a rank test compares the predicted probability of the class for its
    own rows with that for all other rows. The test also works for small classes.
    Predicted numbers (n,) are tested for correlation with the targets.
    """
    from scipy import stats

    if out.ndim == 1:
        if out.std() == 0:
            return 1.0
        result: Any = stats.pearsonr(out, targets, alternative="greater")
        return float(result.pvalue)
    labels = np.unique(targets)
    each = [
        stats.mannwhitneyu(p[targets == k], p[targets != k], alternative="greater")
        for k, p in zip(labels, out.T, strict=True)
    ]
    return min(1.0, len(each) * min(float(result.pvalue) for result in each))


class _Around(NamedTuple):
    """The nearest neighbors of each row.

    Args:
        rows: (n, k), row numbers of the neighbors, excluding the row itself.
        distances: (n,), mean distance to the neighbors.
    """

    rows: np.ndarray
    distances: np.ndarray

    @classmethod
    def of(cls, points: np.ndarray) -> "_Around":
        """Return the neighbors of standardized inputs (n, d)."""
        from sklearn.neighbors import NearestNeighbors

        near = NearestNeighbors(n_neighbors=min(_NUM_AROUND, len(points) // 6))
        distances, rows = near.fit(points).kneighbors()
        return cls(rows, distances.mean(axis=1))

    def is_far(self, wrong: np.ndarray, among: np.ndarray) -> bool:
        """Return whether rows that look wrong are far from their neighbors.

        Wrong labels can occur anywhere. If only outer rows look wrong, their class
        probably surrounds another class, to which most of their neighbors belong.

        Args:
            wrong: (n,), whether a row looks wrong.
            among: (n,), whether to include a row in the comparison.
        """
        from scipy import stats

        far, near = (self.distances[among & part] for part in (wrong, ~wrong))
        if not len(far) or not len(near):
            return False
        result: Any = stats.mannwhitneyu(far, near, alternative="greater")
        how_often = result.statistic / (len(far) * len(near))
        return bool(how_often > _FARTHER and result.pvalue < _MOST_P)


def _disagreeing(
    shares: np.ndarray, targets: np.ndarray, around: _Around | None
) -> np.ndarray:
    """Return the rows whose neighbors in other folds agree on a different class.

    Args:
        shares: (n, classes), class frequencies among the neighbors.
        targets: (n,) class indices.
        around: the neighbors of all rows; None if there are too few rows.
    """
    others = shares.copy()
    places = np.searchsorted(np.unique(targets), targets)
    others[np.arange(len(targets)), places] = 0
    wrong = others.max(axis=1) >= _AGREE
    if around is not None and around.is_far(wrong, shares.max(axis=1) >= _AGREE):
        return np.zeros(0, np.int64)
    return np.flatnonzero(wrong)


def _wrong_inside(around: _Around, targets: np.ndarray) -> float:
    """Return the fraction of wrong labels in regions where only one class is expected.

    Each row is assigned the most frequent class among its neighbors. A row is inside a
    class if almost all of its neighbors are assigned that class. Where classes overlap,
    few rows are inside a class, and few of those have a different label. In contrast,
    wrong labels can occur anywhere.

    Args:
        around: the neighbors of all rows.
        targets: (n,) class indices.
    """
    labels = np.eye(int(targets.max()) + 1)[targets]
    smoothed = labels[around.rows].mean(axis=1).argmax(axis=1)
    agreement = np.eye(labels.shape[1])[smoothed][around.rows].mean(axis=1)
    inside = agreement.max(axis=1) >= _INSIDE
    wrong = agreement.argmax(axis=1) != targets
    if inside.mean() < _LEAST_INSIDE or around.is_far(wrong, inside):
        return 0.0
    return float(wrong[inside].mean())
