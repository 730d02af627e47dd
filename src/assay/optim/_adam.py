"""Adam and its kin: a running mean of gradients over one of their squares."""

import jax
import optax

from assay.optim._fused import fused_adam, fused_adamw
from assay.optim._optimizer import Optimizer

__all__ = ["ADAM", "ADAMW", "LAMB", "NADAM", "adam", "adamw", "lamb", "nadam"]

_MEANS = "m = beta1·m + (1 - beta1)·g, v = beta2·v + (1 - beta2)·g², "


def adam(
    *,
    beta1: float | jax.Array = 0.9,
    beta2: float | jax.Array = 0.999,
    epsilon: float | jax.Array = 1e-8,
) -> optax.GradientTransformation:
    """Combine momentum and RMSProp, both corrected for their start at 0.

    The safe first choice: its steps are about the learning rate in size, whatever
    the scale of the gradients. t counts the updates from 1.

        m = beta1 * m + (1 - beta1) * g,  v = beta2 * v + (1 - beta2) * g**2
        d = (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon)

    Args:
        beta1: in [0, 1), how much of the mean of gradients is kept.
        beta2: in [0, 1), how much of the mean of squares is kept.
        epsilon: > 0, keeps the division finite.

    Returns:
        The transformation from gradients g to directions d; its state is t, m, v.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = adam(), jnp.array([5.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 3)
        1.0

    References:
        Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015.
    """
    return optax.scale_by_adam(beta1, beta2, epsilon)


ADAM = Optimizer(
    name="adam",
    formula=_MEANS + "d = m/(1 - beta1ᵗ) / (√(v/(1 - beta2ᵗ)) + epsilon)",
    hyperparameters={"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    direction=adam,
    fused=fused_adam,
)


def adamw(
    *,
    beta1: float | jax.Array = 0.9,
    beta2: float | jax.Array = 0.999,
    epsilon: float | jax.Array = 1e-8,
    weight_decay: float | jax.Array = 0.01,
) -> optax.GradientTransformation:
    """Shrink the parameters apart from Adam's direction.

    An L2 penalty in the cost would be divided by sqrt(v) like any gradient, and
    hardly hold back parameters with large gradients; this decays all alike.

        d = adam + weight_decay * parameters

    Args:
        beta1: in [0, 1), how much of the mean of gradients is kept.
        beta2: in [0, 1), how much of the mean of squares is kept.
        epsilon: > 0, keeps the division finite.
        weight_decay: >= 0, times the learning rate the part lost at each update.

    Returns:
        The transformation from gradients g to directions d; `update` needs the
        parameters.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = adamw(weight_decay=0.5), jnp.array([5.0])
        >>> round(float(rule.update(g, rule.init(g), jnp.array([4.0]))[0][0]), 3)
        3.0

    References:
        Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
    """
    return optax.chain(
        optax.scale_by_adam(beta1, beta2, epsilon),
        optax.add_decayed_weights(weight_decay),  # pyright: ignore[reportArgumentType]
    )


ADAMW = Optimizer(
    name="adamw",
    formula=ADAM.formula + " + weight_decay·parameters",
    hyperparameters={
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-8,
        "weight_decay": 0.01,
    },
    direction=adamw,
    fused=fused_adamw,
)


def nadam(
    *,
    beta1: float | jax.Array = 0.9,
    beta2: float | jax.Array = 0.999,
    epsilon: float | jax.Array = 1e-8,
) -> optax.GradientTransformation:
    """Give Adam Nesterov's look ahead.

    PyTorch's NAdam warms beta1 up as well; this is the paper's rule with a constant
    one.

        m^ = beta1 * m / (1 - beta1**(t + 1)) + (1 - beta1) * g / (1 - beta1**t)
        d = m^ / (sqrt(v / (1 - beta2**t)) + epsilon)

    Args:
        beta1: in [0, 1), how much of the mean of gradients is kept.
        beta2: in [0, 1), how much of the mean of squares is kept.
        epsilon: > 0, keeps the division finite.

    Returns:
        The transformation from gradients g to directions d; its state is t, m, v.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = nadam(beta1=0.5), jnp.array([5.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 3)
        1.333

    References:
        Dozat, Incorporating Nesterov Momentum into Adam, 2016.
    """
    return optax.scale_by_adam(beta1, beta2, epsilon, nesterov=True)


NADAM = Optimizer(
    name="nadam",
    formula=_MEANS
    + "d = (beta1·m/(1 - beta1ᵗ⁺¹) + (1 - beta1)·g/(1 - beta1ᵗ))"
    + " / (√(v/(1 - beta2ᵗ)) + epsilon)",
    hyperparameters={"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    direction=nadam,
)


def lamb(
    *,
    beta1: float | jax.Array = 0.9,
    beta2: float | jax.Array = 0.999,
    epsilon: float | jax.Array = 1e-6,
    weight_decay: float | jax.Array = 0.0,
) -> optax.GradientTransformation:
    """Scale AdamW's direction to the norm of each array of parameters.

    For very large batches, whose layers would otherwise move at unlike rates.

        u = adam + weight_decay * parameters
        d = u * norm(parameters) / norm(u)  (d = u where a norm is 0)

    Args:
        beta1: in [0, 1), how much of the mean of gradients is kept.
        beta2: in [0, 1), how much of the mean of squares is kept.
        epsilon: > 0, keeps the division finite.
        weight_decay: >= 0, as in AdamW.

    Returns:
        The transformation from gradients g to directions d; `update` needs the
        parameters. Each array of the tree counts as a layer.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = lamb(), jnp.array([5.0, 5.0])
        >>> d, state = rule.update(g, rule.init(g), jnp.array([3.0, 4.0]))
        >>> round(float(jnp.linalg.norm(d)), 4)
        5.0

    References:
        You et al., Large Batch Optimization for Deep Learning: Training BERT in 76
        Minutes, 2020.
    """
    return optax.chain(
        adamw(beta1=beta1, beta2=beta2, epsilon=epsilon, weight_decay=weight_decay),
        optax.scale_by_trust_ratio(),
    )


LAMB = Optimizer(
    name="lamb",
    formula=ADAMW.formula.replace("d =", "u =") + ", d = u·‖parameters‖/‖u‖",
    hyperparameters={
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-6,
        "weight_decay": 0.0,
    },
    direction=lamb,
    elementwise=False,
)
