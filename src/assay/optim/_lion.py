"""Lion: only the sign of a mean of gradients."""

import jax
import optax

from assay.optim._optimizer import Optimizer

__all__ = ["LION", "lion"]


def lion(
    *,
    beta1: float | jax.Array = 0.9,
    beta2: float | jax.Array = 0.99,
    weight_decay: float | jax.Array = 0.0,
) -> optax.GradientTransformation:
    """Go by the sign of a running mean of gradients.

    Half of Adam's memory. Every parameter moves by the learning rate, so take one 3
    to 10 times smaller than Adam's and a weight decay as many times larger.

        d = sign(beta1 * m + (1 - beta1) * g) + weight_decay * parameters
        m = beta2 * m + (1 - beta2) * g

    Args:
        beta1: in [0, 1), the weight of m in the direction.
        beta2: in [0, 1), how much of m is kept.
        weight_decay: >= 0, as in AdamW.

    Returns:
        The transformation from gradients g to directions d; its state is m. `update`
        needs the parameters.

    Example:
        >>> import jax.numpy as jnp
        >>> rule, g = lion(weight_decay=0.5), jnp.array([-5.0])
        >>> rule.update(g, rule.init(g), jnp.array([4.0]))[0].tolist()
        [1.0]

    References:
        Chen et al., Symbolic Discovery of Optimization Algorithms, 2023.
    """
    return optax.chain(
        optax.scale_by_lion(beta1, beta2),
        optax.add_decayed_weights(weight_decay),  # pyright: ignore[reportArgumentType]
    )


LION = Optimizer(
    name="lion",
    formula="d = sign(beta1·m + (1 - beta1)·g) + weight_decay·parameters, "
    "m = beta2·m + (1 - beta2)·g",
    hyperparameters={"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
    direction=lion,
)
