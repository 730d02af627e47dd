"""Directions scaled by past squared gradients, one rate per parameter."""

import jax
import optax

from assay.optim._optimizer import Optimizer

__all__ = ["ADADELTA", "ADAGRAD", "RMSPROP", "adadelta", "adagrad", "rmsprop"]


def adagrad(
    *,
    initial_accumulator: float | jax.Array = 0.0,
    epsilon: float | jax.Array = 1e-10,
) -> optax.GradientTransformation:
    """Divide by the root of the sum of all squared gradients so far.

    Parameters that seldom get a gradient keep a large step: sparse features. The sum
    only grows, so the steps shrink for good.

        s = s + g**2,  d = g / sqrt(s + epsilon)

    Args:
        initial_accumulator: >= 0, where s starts; more softens the first steps.
        epsilon: > 0, keeps the division finite.

    Returns:
        The transformation from gradients g to directions d; its state is s.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = adagrad(initial_accumulator=12.0), jnp.array([2.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 4)
        0.5

    References:
        Duchi et al., Adaptive Subgradient Methods for Online Learning and Stochastic
        Optimization, 2011.
    """
    return optax.scale_by_rss(initial_accumulator, epsilon)


ADAGRAD = Optimizer(
    name="adagrad",
    formula="s = s + g², d = g/√(s + epsilon), s starts at initial_accumulator",
    hyperparameters={"initial_accumulator": 0.0, "epsilon": 1e-10},
    direction=adagrad,
)


def rmsprop(
    *, decay: float | jax.Array = 0.9, epsilon: float | jax.Array = 1e-8
) -> optax.GradientTransformation:
    """Divide by the root of a running mean of squared gradients.

    Adagrad that forgets: for objectives that change on the way, recurrent networks.

        s = decay * s + (1 - decay) * g**2,  d = g / (sqrt(s) + epsilon)

    Args:
        decay: in [0, 1), how much of the mean is kept.
        epsilon: > 0, keeps the division finite.

    Returns:
        The transformation from gradients g to directions d; its state is s.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = rmsprop(decay=0.75), jnp.array([8.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 4)
        2.0

    References:
        Hinton et al., Neural Networks for Machine Learning, lecture 6e, 2012.
    """
    return optax.scale_by_rms(decay, epsilon, eps_in_sqrt=False)


RMSPROP = Optimizer(
    name="rmsprop",
    formula="s = decay·s + (1 - decay)·g², d = g/(√s + epsilon)",
    hyperparameters={"decay": 0.9, "epsilon": 1e-8},
    direction=rmsprop,
)


def adadelta(
    *, decay: float | jax.Array = 0.9, epsilon: float | jax.Array = 1e-6
) -> optax.GradientTransformation:
    """Scale RMSProp's direction by a running mean of past squared directions.

    The direction has the parameters' own unit; a learning rate of 1 is the paper's.

        s = decay * s + (1 - decay) * g**2
        d = g * sqrt(u + epsilon) / sqrt(s + epsilon)
        u = decay * u + (1 - decay) * d**2

    Args:
        decay: in [0, 1), how much of both means is kept.
        epsilon: > 0, also the size of the first steps.

    Returns:
        The transformation from gradients g to directions d; its state is s and u.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = adadelta(decay=0.75, epsilon=1.0), jnp.array([2.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 4)
        1.4142

    References:
        Zeiler, Adadelta: An Adaptive Learning Rate Method, 2012.
    """
    return optax.scale_by_adadelta(decay, epsilon)


ADADELTA = Optimizer(
    name="adadelta",
    formula="s = decay·s + (1 - decay)·g², d = g·√(u + epsilon)/√(s + epsilon), "
    "u = decay·u + (1 - decay)·d²",
    hyperparameters={"decay": 0.9, "epsilon": 1e-6},
    direction=adadelta,
)
