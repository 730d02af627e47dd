"""Optimizer updates computed by the C++ extension.

The extension computes the parameters and the optimizer state in one pass over the
arrays. XLA makes one pass per output array and rereads all inputs in each pass.
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax

from assay.extension import available, call
from assay.optim._scalar import Scalar

__all__ = ["fused_adam", "fused_adamw"]

Update = tuple[Any, Any]  # new parameters and new state


def fused_adam(
    gradients: Any,
    state: optax.ScaleByAdamState,
    parameters: Any,
    *,
    learning_rate: Scalar,
    beta1: Scalar,
    beta2: Scalar,
    epsilon: Scalar,
    weight_decay: Scalar = 0.0,
) -> Update | None:
    """Apply Adam with decoupled weight decay, or return None if unsupported."""
    leaves, tree = jax.tree.flatten(parameters)
    trees = parameters, gradients, state.mu, state.nu
    rows = zip(*map(jax.tree.leaves, trees), strict=True)
    arrays = [leaf for row in rows for leaf in row]
    if not available(*arrays):
        return None
    count = optax.safe_increment(state.count)
    scales = [1 / (1 - beta**count) for beta in (beta1, beta2)]
    rule = learning_rate, beta1, beta2, epsilon, weight_decay, *scales
    places = range(len(leaves))
    updated = call(
        "assay_adam",
        [leaf.shape for leaf in leaves for _ in range(3)],
        *(jnp.stack([jnp.float32(number) for number in rule]), *arrays),
        mapped="broadcast_all",
        in_place={
            1 + 4 * i + argument: 3 * i + result
            for i in places
            for argument, result in ((0, 0), (2, 1), (3, 2))
        },
    )
    new, mean, square = (jax.tree.unflatten(tree, updated[i::3]) for i in range(3))
    return new, optax.ScaleByAdamState(count, mean, square)


def fused_adamw(
    gradients: Any, state: Any, parameters: Any, **hyper: Any
) -> Update | None:
    """Apply AdamW. Its state consists of the states of two chained transformations."""
    update = fused_adam(gradients, state[0], parameters, **hyper)
    return None if update is None else (update[0], (update[1], *state[1:]))
