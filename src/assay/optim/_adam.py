"""Adam and its variants."""

import optax

from assay import spec
from assay.optim._optimizer import implements
from assay.optim._scalar import Scalar

__all__ = ["adam", "adamw", "lamb", "nadam"]


@implements(spec.Adam)
def adam(
    *, beta1: Scalar, beta2: Scalar, epsilon: Scalar
) -> optax.GradientTransformation:
    """Combine momentum and RMSProp, with bias correction for both.

    Args:
        beta1: decay rate of the running mean of gradients.
        beta2: decay rate of the running mean of squared gradients.
        epsilon: small constant that prevents division by zero.

    Returns:
        The transformation from gradients g to directions d, with state (t, m, v).

    Example:
        >>> import jax.numpy as jnp
        >>> rule = adam(beta1=0.9, beta2=0.999, epsilon=1e-8)
        >>> g = jnp.array([5.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 3)
        1.0
    """
    return optax.scale_by_adam(beta1, beta2, epsilon)


@implements(spec.AdamW)
def adamw(
    *, beta1: Scalar, beta2: Scalar, epsilon: Scalar, weight_decay: Scalar
) -> optax.GradientTransformation:
    """Add decoupled weight decay to Adam's direction.

    Args:
        beta1: decay rate of the running mean of gradients.
        beta2: decay rate of the running mean of squared gradients.
        epsilon: small constant that prevents division by zero.
        weight_decay: coefficient of the parameters in d, so each update also subtracts
            learning_rate * weight_decay * parameters.

    Returns:
        The transformation from gradients g to directions d. Its `update` requires the
        parameters.

    Example:
        >>> import jax.numpy as jnp
        >>> rule = adamw(beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.5)
        >>> g = jnp.array([5.0])
        >>> round(float(rule.update(g, rule.init(g), jnp.array([4.0]))[0][0]), 3)
        3.0
    """
    return optax.chain(
        optax.scale_by_adam(beta1, beta2, epsilon),
        optax.add_decayed_weights(weight_decay),  # pyright: ignore[reportArgumentType]
    )


@implements(spec.Nadam)
def nadam(
    *, beta1: Scalar, beta2: Scalar, epsilon: Scalar
) -> optax.GradientTransformation:
    """Combine Adam with Nesterov momentum.

    Args:
        beta1: decay rate of the running mean of gradients.
        beta2: decay rate of the running mean of squared gradients.
        epsilon: small constant that prevents division by zero.

    Returns:
        The transformation from gradients g to directions d, with state (t, m, v).

    Example:
        >>> import jax.numpy as jnp
        >>> rule = nadam(beta1=0.5, beta2=0.999, epsilon=1e-8)
        >>> g = jnp.array([5.0])
        >>> round(float(rule.update(g, rule.init(g))[0][0]), 3)
        1.333
    """
    return optax.scale_by_adam(beta1, beta2, epsilon, nesterov=True)


@implements(spec.LAMB, elementwise=False)
def lamb(
    *, beta1: Scalar, beta2: Scalar, epsilon: Scalar, weight_decay: Scalar
) -> optax.GradientTransformation:
    """Rescale AdamW's direction for each parameter array to that array's norm.

    Args:
        beta1: decay rate of the running mean of gradients.
        beta2: decay rate of the running mean of squared gradients.
        epsilon: small constant that prevents division by zero.
        weight_decay: see `adamw`.

    Returns:
        The transformation from gradients g to directions d. Its `update` requires the
        parameters. Each array in the tree is treated as a layer.

    Example:
        >>> import jax.numpy as jnp
        >>> rule = lamb(beta1=0.9, beta2=0.999, epsilon=1e-6, weight_decay=0.0)
        >>> g = jnp.array([5.0, 5.0])
        >>> d, state = rule.update(g, rule.init(g), jnp.array([3.0, 4.0]))
        >>> round(float(jnp.linalg.norm(d)), 4)
        5.0
    """
    return optax.chain(
        adamw(beta1=beta1, beta2=beta2, epsilon=epsilon, weight_decay=weight_decay),
        optax.scale_by_trust_ratio(),
    )
