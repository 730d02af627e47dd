"""Classification losses computed from raw outputs."""

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Num

from assay import spec
from assay.costs._links import sigmoid, softmax
from assay.costs._loss import implements

__all__ = ["binary_cross_entropy", "cross_entropy", "hinge"]


@implements(spec.Hinge, tasks=("binary",), link=sigmoid)
def hinge(
    outputs: Float[Array, "*n 1"], targets: Num[Array, "*n"]
) -> Float[Array, "*n"]:
    """Penalize margins below 1, as in support vector machines.

    Args:
        outputs: (n, 1) margins.
        targets: (n,) classes in {0, 1}.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> hinge(jnp.array([[2.0], [0.5], [0.5]]), jnp.array([1, 1, 0])).tolist()
        [0.0, 0.5, 1.5]
    """
    signs = 2 * targets.astype(outputs.dtype) - 1
    return jax.nn.relu(1 - signs * outputs[..., 0])


@implements(spec.BinaryCrossEntropy, tasks=("binary",), link=sigmoid)
def binary_cross_entropy(
    outputs: Float[Array, "*n 1"], targets: Num[Array, "*n"]
) -> Float[Array, "*n"]:
    """Compute the negative log probability of the correct class in a binary task.

    The loss is computed from the logit with `log_sigmoid`, so large logits neither
    overflow nor lose precision.

    Args:
        outputs: (n, 1) logits of class 1.
        targets: (n,) classes in {0, 1}, or probabilities in [0, 1].

    Returns:
        (n,) losses >= 0.

    Example:
        >>> loss = binary_cross_entropy(jnp.array([[0.0], [-100.0]]), jnp.array([1, 1]))
        >>> [round(float(value), 4) for value in loss]
        [0.6931, 100.0]
    """
    return optax.sigmoid_binary_cross_entropy(outputs[..., 0], targets)


@implements(
    spec.CrossEntropy,
    tasks=("multiclass",),
    link=softmax,
    num_outputs=lambda num_classes: num_classes,
)
def cross_entropy(
    outputs: Float[Array, "*n k"],
    targets: Num[Array, "*n"] | Float[Array, "*n k"],
) -> Float[Array, "*n"]:
    """Compute the negative log probability of the correct class.

    Args:
        outputs: (n, k) logits, one per class.
        targets: (n,) class indices in 0..k-1, or (n, k) distributions over the
            classes, such as smoothed or mixed labels. For out-of-range indices, the
            loss is nan.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> loss = cross_entropy(jnp.array([[0.0, 0.0], [9.0, 9.0]]), jnp.array([0, 1]))
        >>> [round(float(value), 4) for value in loss]
        [0.6931, 0.6931]
    """
    if targets.ndim == outputs.ndim:
        return optax.softmax_cross_entropy(outputs, targets)
    # For indices, Optax computes logsumexp(outputs) - outputs[c], which loses precision
    # if all outputs are far from 0.
    log_probabilities = jax.nn.log_softmax(outputs)
    # The gradient of a gather is a scatter, a separate operation in the compiled loop.
    # With few classes, a mask is faster, because XLA fuses it with other operations.
    if outputs.shape[-1] <= 256:
        classes = jnp.arange(outputs.shape[-1])
        # The class axis is added explicitly, because JAX may reject rank promotion.
        is_target = targets[..., None] == classes.reshape(*[1] * targets.ndim, -1)
        losses = -jnp.where(is_target, log_probabilities, 0).sum(-1)
        return jnp.where(is_target.any(-1), losses, jnp.nan)  # nan if out of range
    return -jnp.take_along_axis(log_probabilities, targets[..., None], axis=-1)[..., 0]
