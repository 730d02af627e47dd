"""Initial values of a linear network for regression, in closed form."""

import numpy as np

from assay.regularize import ridge
from assay.training._jax import to_host
from assay.training.network._initial_values import InitialValues
from assay.training.rows._examples import Examples

__all__ = ["ridge_values"]

_OUTPUT = "output"  # the name of the output layer


def ridge_values(train: Examples) -> InitialValues:
    """Return the values of the output layer that ridge regression finds.

    Gradient descent needs very many updates if inputs are nearly linearly dependent;
    the closed form is exact.

    Args:
        train: the rows to fit, with one number per input.
    """
    rows = int(train.count)
    inputs, targets, weights = to_host((train.inputs, train.targets, train.weights))
    used = None if weights is None else weights[:rows]
    fitted = ridge(np.asarray(inputs[:rows]), np.asarray(targets[:rows]), used)
    kernel = fitted.coefficients[:, None].astype(np.float32)
    bias = np.array([fitted.intercept], np.float32)
    return InitialValues({_OUTPUT: {"kernel": kernel, "bias": bias}}, {})
