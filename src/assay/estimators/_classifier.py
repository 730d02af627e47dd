"""A neural network that predicts classes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets

from assay._calls import explains_arguments, explains_construction
from assay.data import Task
from assay.estimators._estimator import NeuralEstimator
from assay.estimators._invalid import InvalidInput

__all__ = ["NeuralClassifier"]


@explains_construction("assay.NeuralClassifier(learning_rate=0.01).fit(X, y)")
class NeuralClassifier(ClassifierMixin, NeuralEstimator):
    """A neural-network classifier with the scikit-learn interface.

    By default, it trains the network that Assay recommends for tables, with settings
    that work well on many tables, and averages the predictions of eight such networks.
    It does not search for better settings; use `GridSearchCV` for that. `fit` prepares
    columns of numbers, text, dates and booleans, and handles missing values, so no
    scaler, encoder or imputer is needed.

    Args:
        model: "auto" for the recommended network, "mlp", "linear", or a list of layers
            such as [assay.Dense(64), assay.ReLU()], without the output layer.
        cost: the cost to minimize, such as "hinge"; "auto" is the cross-entropy.
        optimizer: an optimizer or its name, such as assay.SGD(0.1); "auto" is Adam.
        learning_rate: learning rate, > 0; None for the optimizer's default.
        schedule: a learning-rate schedule or its name, such as "cosine".
        regularizers: a list of regularizers, such as [assay.L2(0.01)]; [] for none.
        batch_size: rows per update, >= 1; "all" for all rows, "auto" for a size that
            suits the number of rows.
        num_epochs: passes over the rows, >= 1; "auto" for a number that suits the
            network and the number of rows. Custom networks are trained for many epochs
            by default, so combine them with early stopping.
        members: number of networks, >= 1, whose predictions are averaged; "auto" is 8
            for the recommended network, otherwise 1.
        early_stopping: whether to stop when the cost on held-out rows no longer
            improves, and to keep the best parameters.
        val_fraction: fraction of the rows to hold out for early stopping, in (0, 1).
        patience: number of epochs without improvement after which to stop, >= 1.
        class_weight: "balanced" for weights inversely proportional to the class
            frequencies, a dict of weights by class, or None for equal weights. Within
            a batch, weights are divided by their sum.
        categorical_features: names or positions of columns whose numbers are
            categories, or a boolean for each column. Text columns and columns of a
            categorical type are detected automatically.
        random_state: seed for the initial values, the order of the rows and all other
            random numbers. With an int, every call to `fit` on the same data and
            machine gives the same result.

    Attributes:
        classes_: the classes in sorted order, (num_classes,).
        n_features_in_: number of features.
        feature_names_in_: names of the features, if `fit` was called with a frame.
        n_iter_: number of epochs; if members differ, that of the longest-trained one.
        loss_curve_: mean batch cost in each epoch, for the first member.
        val_loss_curve_: cost on the held-out rows after each epoch, for the first
            member; None without early stopping.
        model_: the trained `assay.Model`.

    Example:
        >>> import assay
        >>> from sklearn.datasets import load_iris
        >>> X, y = load_iris(return_X_y=True)
        >>> network = [assay.Dense(16), assay.ReLU()]
        >>> classifier = assay.NeuralClassifier(network, num_epochs=50, random_state=0)
        >>> classifier.fit(X, y).predict(X[:3])
        array([0, 0, 0])
        >>> classifier.predict_proba(X).shape
        (150, 3)
        >>> classifier.score(X, y) > 0.9
        True
    """

    classes_: np.ndarray

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
        class_weight: str | Mapping[Any, float] | None = None,
        categorical_features: Sequence[str | int] | None = None,
        random_state: Any = None,
    ) -> None:
        super().__init__(
            model,
            cost=cost,
            optimizer=optimizer,
            learning_rate=learning_rate,
            schedule=schedule,
            regularizers=regularizers,
            batch_size=batch_size,
            num_epochs=num_epochs,
            members=members,
            early_stopping=early_stopping,
            val_fraction=val_fraction,
            patience=patience,
            categorical_features=categorical_features,
            random_state=random_state,
        )
        self.class_weight = class_weight

    @explains_arguments("classifier.fit(X, y)")
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "NeuralClassifier":
        """Train the network from new initial values.

        Args:
            X: features (n, d), n >= 2: a pandas or polars frame, or an array.
            y: classes (n,), as numbers or text.
            sample_weight: weight of each row in the cost (n,), >= 0; rows with weight 0
                are ignored. None for equal weights.

        Raises:
            ValueError: the data or the parameters are invalid.
            RunError: the training diverged.
        """
        frame, labels, weights, kinds = self._read(X, y, sample_weight)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise InvalidInput(
                "A classifier needs rows from at least 2 classes, but got only the "
                f"class {self.classes_.tolist()[0]!r}. Add rows of another class."
            )
        if self.class_weight is not None:
            of_class = self._class_weights(labels)
            of_row = (of_class / of_class.max())[codes]
            weights = of_row if weights is None else of_row * weights
            kept = np.flatnonzero(weights)
            frame, codes, weights = frame[kept], codes[kept], weights[kept]
        kind = "multiclass" if len(self.classes_) > 2 else "binary"
        task = Task(kind, "target", tuple(self.classes_.tolist()))
        self._train(frame, codes.astype(np.int32), task, kinds=kinds, weights=weights)
        return self

    def _class_weights(self, labels: np.ndarray) -> np.ndarray:
        """Return the weight of each class (num_classes,)."""
        weights = compute_class_weight(
            self.class_weight, classes=self.classes_, y=labels
        )
        if not (weights.min() >= 0 and 0 < weights.max() < np.inf):
            raise InvalidInput(
                "Class weights must be finite and must not be negative, and at least "
                "one of them must be above 0, but got class_weight="
                f"{self.class_weight!r}. Write positive weights, or "
                "class_weight='balanced'."
            )
        return weights

    @explains_arguments("classifier.predict_proba(X)")
    def predict_proba(self, X: Any) -> np.ndarray:
        """Return class probabilities (n, num_classes), in the order of `classes_`.

        Args:
            X: features (n, d) with the same columns as in `fit`.

        Raises:
            NotFittedError: `fit` was not called.
            ValueError: the features differ from those in `fit`.
        """
        probabilities = self._predict(X).astype(np.float64)
        if probabilities.ndim == 1:  # probabilities of the second class only
            return np.stack([1 - probabilities, probabilities], axis=1)
        return probabilities / probabilities.sum(axis=1, keepdims=True)

    @explains_arguments("classifier.predict(X)")
    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class of each row (n,).

        Args:
            X: features (n, d) with the same columns as in `fit`.

        Raises:
            NotFittedError: `fit` was not called.
            ValueError: the features differ from those in `fit`.
        """
        indices = self.predict_proba(X).argmax(axis=1)
        return self.classes_[indices]
