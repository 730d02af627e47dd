"""A neural network that predicts numbers."""

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin

from assay._calls import explains_arguments, explains_construction
from assay.data import Task
from assay.estimators._estimator import NeuralEstimator

__all__ = ["NeuralRegressor"]


@explains_construction("assay.NeuralRegressor(learning_rate=0.01).fit(X, y)")
class NeuralRegressor(RegressorMixin, NeuralEstimator):
    """A neural-network regressor with the scikit-learn interface.

    The parameters are the same as for `NeuralClassifier`, except for `class_weight`. By
    default, the predictions of four networks are averaged, the cost is the squared
    error, and `fit` standardizes the targets.

    Attributes:
        n_features_in_: number of features.
        feature_names_in_: names of the features, if `fit` was called with a frame.
        n_iter_: number of epochs; if members differ, that of the longest-trained one.
        loss_curve_: mean batch cost in each epoch, for the first member.
        val_loss_curve_: cost on the held-out rows after each epoch, for the first
            member; None without early stopping.
        model_: the trained `assay.Model`.

    Example:
        >>> import assay
        >>> from sklearn.datasets import load_diabetes
        >>> X, y = load_diabetes(return_X_y=True)
        >>> regressor = assay.NeuralRegressor(
        ...     [assay.Dense(16), assay.ReLU()], num_epochs=20, random_state=0
        ... )
        >>> regressor.fit(X, y).predict(X).shape
        (442,)
        >>> regressor.score(X, y) > 0.4
        True
    """

    @explains_arguments("regressor.fit(X, y)")
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "NeuralRegressor":
        """Train the network from new initial values.

        Args:
            X: features (n, d), n >= 2: a pandas or polars frame, or an array.
            y: numbers (n,).
            sample_weight: weight of each row in the cost (n,), >= 0; rows with weight 0
                are ignored. None for equal weights.

        Raises:
            ValueError: the data or the parameters are invalid.
            RunError: the training diverged.
        """
        frame, numbers, weights, kinds = self._read(X, y, sample_weight)
        target = numbers.astype(np.float64)
        task = Task("regression", "target")
        self._train(frame, target, task, kinds=kinds, weights=weights)
        return self

    @explains_arguments("regressor.predict(X)")
    def predict(self, X: Any) -> np.ndarray:
        """Return predictions (n,) in the unit of the targets.

        Args:
            X: features (n, d) with the same columns as in `fit`.

        Raises:
            NotFittedError: `fit` was not called.
            ValueError: the features differ from those in `fit`.
        """
        return self._predict(X)
