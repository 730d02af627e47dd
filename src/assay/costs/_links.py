"""Links: from a model's raw outputs to predictions in the target's own terms."""

import jax
import jax.numpy as jnp

__all__ = ["class_link", "identity", "rate", "sigmoid", "softmax"]

_LARGEST = 88.0  # so that a far row has a rate, if a wild one, and no infinity


def identity(outputs: jax.Array) -> jax.Array:
    """Predict the first output as it is: squared, absolute and Huber error, Gaussian.

    Args:
        outputs: (n, k) raw outputs; of a Gaussian's two the first is the mean.

    Returns:
        (n,) predictions.

    Example:
        >>> identity(jnp.array([[2.0], [3.0]])).tolist()
        [2.0, 3.0]
    """
    return outputs[..., 0]


def sigmoid(outputs: jax.Array) -> jax.Array:
    """Predict the probability of class 1 of a binary task.

    Args:
        outputs: (n, 1) logits.

    Returns:
        (n,) probabilities, 1 / (1 + exp(-outputs)).

    Example:
        >>> sigmoid(jnp.array([[0.0]])).tolist()
        [0.5]
    """
    return jax.nn.sigmoid(outputs[..., 0])


def softmax(outputs: jax.Array) -> jax.Array:
    """Predict the probability of each class.

    Args:
        outputs: (n, k) logits, one per class.

    Returns:
        (n, k) probabilities, exp(outputs) / sum(exp(outputs)).

    Example:
        >>> softmax(jnp.array([[1.0, 1.0]])).tolist()
        [[0.5, 0.5]]
    """
    return jax.nn.softmax(outputs)


def class_link(outputs: jax.Array) -> jax.Array:
    """Predict by `sigmoid` from a single logit, else by `softmax`.

    Args:
        outputs: (n, 1) logit of class 1, or (n, k) logits, one per class.

    Returns:
        (n,) or (n, k) probabilities.

    Example:
        >>> class_link(jnp.array([[0.0]])).shape, class_link(jnp.zeros((1, 3))).shape
        ((1,), (1, 3))
    """
    return sigmoid(outputs) if outputs.shape[-1] == 1 else softmax(outputs)


def rate(outputs: jax.Array) -> jax.Array:
    """Predict the expected count of a Poisson task.

    Args:
        outputs: (n, 1) log rates.

    Returns:
        (n,) rates, exp(outputs); of outputs beyond 88, exp(88), since float32 holds no
        greater one.

    Example:
        >>> rate(jnp.array([[0.0]])).tolist()
        [1.0]
    """
    return jnp.exp(jnp.minimum(outputs[..., 0], _LARGEST))
