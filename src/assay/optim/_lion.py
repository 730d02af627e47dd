"""The Lion optimizer."""

import optax

from assay import spec
from assay.optim._optimizer import implements
from assay.optim._scalar import Scalar

__all__ = ["lion"]


@implements(spec.Lion)
def lion(
    *, beta1: Scalar, beta2: Scalar, weight_decay: Scalar
) -> optax.GradientTransformation:
    """Use the sign of a running mean of gradients as the direction.

    Args:
        beta1: weight of the running mean m in the direction.
        beta2: fraction of m kept at each update.
        weight_decay: see `adamw`.

    Returns:
        The transformation from gradients g to directions d, with state m. Its
        `update` requires the parameters.

    Example:
        >>> import jax.numpy as jnp
        >>> rule = lion(beta1=0.9, beta2=0.99, weight_decay=0.5)
        >>> g = jnp.array([-5.0])
        >>> rule.update(g, rule.init(g), jnp.array([4.0]))[0].tolist()
        [1.0]
    """
    return optax.chain(
        optax.scale_by_lion(beta1, beta2),
        optax.add_decayed_weights(weight_decay),  # pyright: ignore[reportArgumentType]
    )
