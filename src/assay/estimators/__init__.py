"""Neural networks with the scikit-learn estimator interface."""

from assay._calls import explain_package
from assay.estimators._classifier import NeuralClassifier
from assay.estimators._regressor import NeuralRegressor

__all__ = ["NeuralClassifier", "NeuralRegressor"]

explain_package(__name__)
