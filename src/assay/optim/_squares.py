"""Optimizers that scale a parameter's updates based on its past squared gradients."""

import optax

from assay import spec
from assay.optim._optimizer import implements
from assay.optim._scalar import Scalar

__all__ = ["adadelta", "adagrad", "rmsprop"]


@implements(spec.Adagrad)
def adagrad(
    *, initial_accumulator: Scalar, epsilon: Scalar
) -> optax.GradientTransformation:
    """Divide the gradient by the square root of the sum of squared gradients so far.

    Args:
        initial_accumulator: initial sum; larger values make the first steps smaller.
        epsilon: small constant that prevents division by zero.

    Returns:
        The transformation from gradients g to directions d, with state s.

    Example:
        >>> import jax.numpy as jnp
        >>> rule = adagrad(initial_accumulator=12.0, epsilon=1e-10)
        >>> g = jnp.array([2.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 4)
        0.5
    """
    return optax.scale_by_rss(initial_accumulator, epsilon)


@implements(spec.RMSProp)
def rmsprop(*, decay: Scalar, epsilon: Scalar) -> optax.GradientTransformation:
    """Divide the gradient by the square root of a running mean of squared gradients.

    Args:
        decay: decay rate of the running mean.
        epsilon: small constant that prevents division by zero.

    Returns:
        The transformation from gradients g to directions d, with state s.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = rmsprop(decay=0.75, epsilon=1e-8), jnp.array([8.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 4)
        2.0
    """
    return optax.scale_by_rms(decay, epsilon, eps_in_sqrt=False)


@implements(spec.Adadelta)
def adadelta(*, decay: Scalar, epsilon: Scalar) -> optax.GradientTransformation:
    """Scale RMSProp's direction by the root mean square of past directions.

    Args:
        decay: decay rate of both running means.
        epsilon: small constant that prevents division by zero and sets the size of the
            first steps.

    Returns:
        The transformation from gradients g to directions d, with state (s, u).

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = adadelta(decay=0.75, epsilon=1.0), jnp.array([2.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 4)
        1.4142
    """
    return optax.scale_by_adadelta(decay, epsilon)
