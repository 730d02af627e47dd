"""Gradient descent with and without momentum."""

import jax.numpy as jnp
import optax

from assay import spec
from assay.optim._optimizer import implements
from assay.optim._scalar import Scalar

__all__ = ["damped_momentum", "momentum", "nesterov", "sgd"]


@implements(spec.SGD)
def sgd() -> optax.GradientTransformation:
    """Use the gradient itself as the direction.

    Returns:
        The transformation from gradients g to directions d, which has no state.

    Example:
        >>> import jax.numpy as jnp
        >>> d, state = sgd().update(jnp.array([2.0]), sgd().init(jnp.array([0.0])))
        >>> d.tolist()
        [2.0]
    """
    return optax.identity()


@implements(spec.Momentum)
def momentum(*, momentum: Scalar) -> optax.GradientTransformation:
    """Use a decaying sum of all gradients so far as the direction.

    Args:
        momentum: fraction of the sum kept at each update; 0 gives plain gradient
            descent.

    Returns:
        The transformation from gradients g to directions d, with state v.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = momentum(momentum=0.5), jnp.array([2.0])
        >>> d, state = rule.update(g, rule.init(g))
        >>> d, state = rule.update(g, state)
        >>> d.tolist()
        [3.0]
    """
    return optax.trace(momentum)


@implements(spec.DampedMomentum)
def damped_momentum(
    *, momentum: Scalar, dampening: Scalar
) -> optax.GradientTransformation:
    """Use a decaying sum of gradients and dampen all of them except the first.

    Args:
        momentum: fraction of the sum kept at each update.
        dampening: fraction by which each gradient after the first is reduced.

    Returns:
        The transformation from gradients g to directions d, with the number of updates
        and v as its state.

    Example:
        >>> import jax.numpy as jnp
        >>> rule = damped_momentum(momentum=0.5, dampening=0.75)
        >>> g = jnp.array([2.0])
        >>> d, state = rule.update(g, rule.init(g))
        >>> d, state = rule.update(g, state)
        >>> d.tolist()
        [1.5]
    """
    damping = optax.scale_by_schedule(
        lambda count: jnp.where(count == 0, 1.0, 1.0 - dampening)
    )
    return optax.chain(damping, optax.trace(momentum))


@implements(spec.Nesterov)
def nesterov(*, momentum: Scalar) -> optax.GradientTransformation:
    """Use a decaying sum of gradients and look ahead by one update.

    Args:
        momentum: fraction of the sum kept at each update.

    Returns:
        The transformation from gradients g to directions d, with state v.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = nesterov(momentum=0.5), jnp.array([2.0])
        >>> rule.update(g, rule.init(g))[0].tolist()
        [3.0]
    """
    return optax.trace(momentum, nesterov=True)
