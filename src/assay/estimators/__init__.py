"""Neural networks as scikit-learn estimators."""

from assay.estimators._classifier import NeuralClassifier
from assay.estimators._regressor import NeuralRegressor

__all__ = ["NeuralClassifier", "NeuralRegressor"]
