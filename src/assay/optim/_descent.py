"""Gradient descent, plain and with momentum."""

import jax
import optax

from assay.optim._optimizer import Optimizer

__all__ = ["MOMENTUM", "NESTEROV", "SGD", "momentum", "nesterov", "sgd"]


def sgd() -> optax.GradientTransformation:
    """Go straight down the gradient.

    Batch, stochastic and mini-batch gradient descent are this one rule with a batch
    of all, one and some of the examples.

        d = g

    Returns:
        The transformation from gradients g to directions d; it has no state.

    Example:
        >>> import jax.numpy as jnp
        >>> d, state = sgd().update(jnp.array([2.0]), sgd().init(jnp.array([0.0])))
        >>> d.tolist()
        [2.0]

    References:
        Robbins and Monro, A Stochastic Approximation Method, 1951.
    """
    return optax.identity()


SGD = Optimizer(name="sgd", formula="d = g", hyperparameters={}, direction=sgd)


def momentum(*, momentum: float | jax.Array = 0.9) -> optax.GradientTransformation:
    """Go along a decaying sum of all gradients so far.

    Speeds up along directions that persist and evens out those that alternate. The
    sum is up to 1 / (1 - momentum) times a gradient: lower the learning rate of
    plain descent accordingly.

        v = momentum * v + g,  d = v

    Args:
        momentum: in [0, 1), the part of the sum that is kept; 0 is plain descent.

    Returns:
        The transformation from gradients g to directions d; its state is v.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = momentum(momentum=0.5), jnp.array([2.0])
        >>> d, state = rule.update(g, rule.init(g))
        >>> d, state = rule.update(g, state)
        >>> d.tolist()
        [3.0]

    References:
        Polyak, Some Methods of Speeding up the Convergence of Iteration Methods, 1964.
    """
    return optax.trace(momentum)


MOMENTUM = Optimizer(
    name="momentum",
    formula="v = momentum·v + g, d = v",
    hyperparameters={"momentum": 0.9},
    direction=momentum,
)


def nesterov(*, momentum: float | jax.Array = 0.9) -> optax.GradientTransformation:
    """Go along the sum of gradients as it will be after one more step.

    Corrects momentum before it overshoots.

        v = momentum * v + g,  d = g + momentum * v

    Args:
        momentum: in [0, 1), the part of the sum that is kept.

    Returns:
        The transformation from gradients g to directions d; its state is v.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = nesterov(momentum=0.5), jnp.array([2.0])
        >>> rule.update(g, rule.init(g))[0].tolist()
        [3.0]

    References:
        Sutskever et al., On the Importance of Initialization and Momentum in Deep
        Learning, 2013.
    """
    return optax.trace(momentum, nesterov=True)


NESTEROV = Optimizer(
    name="nesterov",
    formula="v = momentum·v + g, d = g + momentum·v",
    hyperparameters={"momentum": 0.9},
    direction=nesterov,
)
