"""Closed-form initial values for networks with a linear path."""

import numpy as np

from assay import spec
from assay.regularize import Ridge, ridge
from assay.training._arrays import host_array
from assay.training.network._initial_values import InitialValues
from assay.training.rows._examples import Examples, inputs_and_lengths

__all__ = ["ridge_of", "ridge_values"]

_OUTPUT, _BLOCK = "output", "residual1"  # names of the layers


def ridge_of(train: Examples) -> Ridge:
    """Fit ridge regression to the training rows, which must have flat inputs."""
    rows = int(train.count)
    inputs, _ = inputs_and_lengths(train.inputs)
    used = None if train.weights is None else np.asarray(train.weights)[:rows]
    return ridge(np.asarray(inputs)[:rows], np.asarray(train.targets)[:rows], used)


def ridge_values(fitted: Ridge, training: spec.Training) -> InitialValues:
    """Return initial values that make a linear path compute the ridge regression.

    The closed form is exact even if inputs are nearly linearly dependent. In this case,
    gradient descent would need a huge number of updates.

    Args:
        fitted: ridge regression on the training rows.
        training: training spec of a linear network, or of a single residual block with
            one output. The block adds the product of its input and a kernel to the
            output of its layers.
    """
    kernel = host_array(fitted.coefficients[:, None].astype(np.float32))
    bias = host_array(np.array([fitted.intercept], np.float32))
    if not training.model:
        return InitialValues({_OUTPUT: {"kernel": kernel, "bias": bias}}, {})
    output = {"kernel": host_array(np.ones((1, 1), np.float32)), "bias": bias}
    return InitialValues({_BLOCK: {"kernel": kernel}, _OUTPUT: output}, {})
