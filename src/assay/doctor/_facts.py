"""Facts about the data used in a fit, and how well simple models perform on it."""

import math
from dataclasses import dataclass, field

import numpy as np

__all__ = [
    "DataFacts",
    "Reference",
    "distinct_share",
    "input_facts",
    "skill_of",
    "target_facts",
]

_UNEVEN = 5.0  # classes with a higher imbalance are uneven


@dataclass(frozen=True, eq=False)
class DataFacts:
    """Facts about the training set.

    Args:
        num_train: number of training rows.
        num_val: number of validation rows.
        input_means: (d,), mean of each column or channel of the inputs.
        input_stds: (d,), standard deviation of each column or channel.
        target_mean: mean of the targets; 0 for classes.
        target_std: standard deviation of the targets; 1 for classes.
        class_counts: (num_classes,), number of training rows in each class; empty for
            regression.
        recalls: (num_classes,), fraction of each class's validation rows that are
            predicted correctly; empty if unknown, or if the classes are about equally
            frequent.
        num_parameters: number of network parameters.
    """

    num_train: int
    num_val: int
    input_means: np.ndarray
    input_stds: np.ndarray
    target_mean: float
    target_std: float
    class_counts: np.ndarray
    recalls: np.ndarray = field(default_factory=lambda: np.zeros(0))
    num_parameters: int = 0

    @property
    def imbalance(self) -> float:
        """Size of the largest class / size of the smallest class; 1 for regression."""
        counts = self.class_counts
        return float(counts.max() / max(counts.min(), 1)) if len(counts) else 1.0

    @property
    def odds(self) -> float:
        """Size of the largest class / total size of the other classes, at least 1."""
        counts = self.class_counts
        if not len(counts):
            return 1.0
        largest = float(counts.max())
        return max(1.0, largest / max(float(counts.sum()) - largest, 1.0))

    def noise_of(self, num_rows: int) -> float:
        """Return approximately two standard errors of a skill on `num_rows` rows.

        If one class dominates, the skill depends on the few rows of the other classes.
        """
        return math.sqrt(self.odds / num_rows) if num_rows else 0.0

    @property
    def is_uneven(self) -> bool:
        """Whether training tends to ignore the smallest class.

        If the smallest class has few rows, a higher imbalance is required, because the
        class may be small by chance.
        """
        if not len(self.class_counts):
            return False
        fewest = float(self.class_counts.min())
        return bool(self.class_counts.max() > _UNEVEN * (fewest + math.sqrt(fewest)))


@dataclass(frozen=True)
class Reference:
    """The skill of a simple model fitted to the rows used to train the network.

    Args:
        name: name of the model.
        train_skill: training skill.
        val_skill: skill in cross-validation on the training set.
        p_value: probability of predictions this good if nothing can be learned.
        skill_on_val: skill on the validation set of the network; nan without a
            validation set.
    """

    name: str
    train_skill: float
    val_skill: float
    p_value: float
    skill_on_val: float = math.nan


def skill_of(scores: np.ndarray, chance: float, *, regression: bool) -> np.ndarray:
    """Return skills: 0 for the best constant prediction, 1 for perfect predictions.

    Args:
        scores: accuracies, or mean squared errors.
        chance: the score of the best constant prediction.
        regression: whether the scores are mean squared errors.

    Example:
        >>> skill_of(np.array([0.6, 0.8]), 0.6, regression=False).round(2).tolist()
        [0.0, 0.5]
    """
    with np.errstate(all="ignore"):
        if regression:
            return 1 - np.asarray(scores, float) / max(chance, 1e-12)
        return (np.asarray(scores, float) - chance) / max(1 - chance, 1e-12)


def input_facts(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the means and standard deviations of the columns or channels, (d,).

    All steps of a sequence, or all pixels of an image, share one scale per channel,
    because some pixels, such as those at the border, normally vary very little.
    """
    flat = np.asarray(inputs, np.float64)
    flat = flat.reshape(-1, flat.shape[-1]) if flat.ndim > 2 else flat
    flat = flat.reshape(len(flat), -1)
    with np.errstate(invalid="ignore"):  # for infinite values
        return flat.mean(axis=0), flat.std(axis=0)


def target_facts(
    targets: np.ndarray, num_classes: int
) -> tuple[float, float, np.ndarray]:
    """Return the mean and standard deviation of the targets, and the class counts."""
    if num_classes > 1:
        return 0.0, 1.0, np.bincount(targets.astype(np.int64), minlength=num_classes)
    targets = targets.astype(np.float64)
    with np.errstate(invalid="ignore"):  # for infinite values
        std = float(targets.std())
    return float(targets.mean()), std if math.isfinite(std) else 1.0, np.zeros(0)


def distinct_share(kernel: np.ndarray) -> float:
    """Return the number of distinct units (last axis) as a fraction of all units."""
    units = kernel.reshape(-1, kernel.shape[-1])
    if units.shape[1] < 2 or not np.isfinite(units).all():
        return 1.0
    return len(np.unique(units, axis=1).T) / units.shape[1]
