"""Losses of classification, from raw outputs."""

import jax
import jax.numpy as jnp
import optax

from assay.costs._links import sigmoid, softmax
from assay.costs._loss import Loss
from assay.extension import available, call, differentiable

__all__ = [
    "BINARY_CROSS_ENTROPY",
    "CROSS_ENTROPY",
    "HINGE",
    "binary_cross_entropy",
    "cross_entropy",
    "hinge",
]


def hinge(outputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Ask for a margin of 1 on the right side: the support vector machine's loss.

    Points beyond the margin do not count at all. The outputs are margins, not
    logits: their sigmoid orders points and decides at 0.5, but is no probability.

        loss = max(0, 1 - t * outputs),  t = 2 * targets - 1 in {-1, 1}

    Args:
        outputs: (n, 1) margins.
        targets: (n,) classes in {0, 1}.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> hinge(jnp.array([[2.0], [0.5], [0.5]]), jnp.array([1, 1, 0])).tolist()
        [0.0, 0.5, 1.5]

    References:
        Cortes and Vapnik, Support-Vector Networks, 1995.
    """
    signs = 2 * targets.astype(outputs.dtype) - 1
    return jax.nn.relu(1 - signs * outputs[..., 0])


HINGE = Loss(
    name="hinge",
    formula="max(0, 1 - t·outputs), t = 2·targets - 1",
    direction="minimize",
    tasks=("binary",),
    loss=hinge,
    link=sigmoid,
    num_outputs=lambda num_classes: 1,
)


def binary_cross_entropy(outputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Take the negative log probability of the right one of two classes.

    The default for a binary task. Computed from the logit by `log_sigmoid`, so a
    large one neither overflows nor loses its digits.

        loss = -targets * log(p) - (1 - targets) * log(1 - p),  p = sigmoid(outputs)

    Args:
        outputs: (n, 1) logits of class 1.
        targets: (n,) classes in {0, 1}, or probabilities in [0, 1].

    Returns:
        (n,) losses >= 0.

    Example:
        >>> loss = binary_cross_entropy(jnp.array([[0.0], [-100.0]]), jnp.array([1, 1]))
        >>> [round(float(value), 4) for value in loss]
        [0.6931, 100.0]

    References:
        Goodfellow et al., Deep Learning, 2016, section 6.2.2.2.
    """
    return optax.sigmoid_binary_cross_entropy(outputs[..., 0], targets)


BINARY_CROSS_ENTROPY = Loss(
    name="binary_cross_entropy",
    formula="-targets·log p - (1 - targets)·log(1 - p), p = sigmoid(outputs)",
    direction="minimize",
    tasks=("binary",),
    loss=binary_cross_entropy,
    link=sigmoid,
    num_outputs=lambda num_classes: 1,
)


def cross_entropy(outputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Take the negative log probability of the right class.

    The default for a multi-class task. Computed from logits: a softmax layer before
    it would be applied twice.

        loss = -sum over c of targets[c] * log(p[c]),  p = softmax(outputs)

    Args:
        outputs: (n, k) logits, one per class.
        targets: (n,) class indices in 0..k-1, or (n, k) distributions over the
            classes (smoothed or mixed labels). An index out of range gives nan.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> loss = cross_entropy(jnp.array([[0.0, 0.0], [9.0, 9.0]]), jnp.array([0, 1]))
        >>> [round(float(value), 4) for value in loss]
        [0.6931, 0.6931]

    References:
        Goodfellow et al., Deep Learning, 2016, section 6.2.2.3.
    """
    if targets.ndim == outputs.ndim:
        return optax.softmax_cross_entropy(outputs, targets)
    whole = jnp.issubdtype(targets.dtype, jnp.integer)
    if outputs.ndim == 2 and whole and available(outputs):
        return _FUSED(outputs, targets.astype(jnp.int32))
    return _of_classes(outputs, targets)


def _of_classes(outputs: jax.Array, targets: jax.Array) -> jax.Array:
    # Optax's form for indices takes logsumexp(outputs) - outputs[c], which loses the
    # digits that outputs far from 0 have in common.
    log_probabilities = jax.nn.log_softmax(outputs)
    # A gather's gradient is a scatter, a step of its own in the compiled loop; for few
    # classes a product with 0 and 1 fuses with what is around it.
    if outputs.shape[-1] <= 256:
        classes = jnp.arange(outputs.shape[-1])
        picked = targets[..., None] == classes.reshape(*[1] * targets.ndim, -1)
        losses = -jnp.where(picked, log_probabilities, 0).sum(-1)
        return jnp.where(picked.any(-1), losses, jnp.nan)  # nan: there is no such class
    return -jnp.take_along_axis(log_probabilities, targets[..., None], axis=-1)[..., 0]


def _forward(outputs: jax.Array, targets: jax.Array) -> tuple[jax.Array, jax.Array]:
    losses, excess = call(
        "assay_cross_entropy",
        [targets.shape, outputs.shape],
        *(outputs, targets),
        mapped="broadcast_all",
    )
    return losses, excess


_FUSED = differentiable(
    _forward,
    lambda outputs, targets, excess, g: excess * g[:, None],
    lambda outputs, fixed: _of_classes(outputs, fixed),
)

CROSS_ENTROPY = Loss(
    name="cross_entropy",
    formula="-Σ_c targets[c]·log p[c], p = softmax(outputs)",
    direction="minimize",
    tasks=("multiclass",),
    loss=cross_entropy,
    link=softmax,
    num_outputs=lambda num_classes: num_classes,
)
