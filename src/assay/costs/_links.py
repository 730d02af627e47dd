"""Link functions, which map raw outputs to predictions on the scale of the target."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["class_link", "identity", "rate", "sigmoid", "softmax"]

_LARGEST = 88.0  # close to the logarithm of the largest float32


def identity(outputs: Float[Array, "*n k"]) -> Float[Array, "*n"]:
    """Return the first output unchanged.

    For a Gaussian likelihood, the first of the two outputs is the mean.

    Args:
        outputs: (n, k) raw outputs.

    Returns:
        (n,) predictions.

    Example:
        >>> identity(jnp.array([[2.0], [3.0]])).tolist()
        [2.0, 3.0]
    """
    return outputs[..., 0]


def sigmoid(outputs: Float[Array, "*n 1"]) -> Float[Array, "*n"]:
    """Predict the probability of class 1 in a binary task.

    Args:
        outputs: (n, 1) logits.

    Returns:
        (n,) probabilities, 1 / (1 + exp(-outputs)).

    Example:
        >>> sigmoid(jnp.array([[0.0]])).tolist()
        [0.5]
    """
    return jax.nn.sigmoid(outputs[..., 0])


def softmax(outputs: Float[Array, "*n k"]) -> Float[Array, "*n k"]:
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


def class_link(
    outputs: Float[Array, "*n k"],
) -> Float[Array, "*n"] | Float[Array, "*n k"]:
    """Apply `sigmoid` to one logit or `softmax` to several.

    Args:
        outputs: (n, 1) logit of class 1, or (n, k) logits, one per class.

    Returns:
        (n,) or (n, k) probabilities.

    Example:
        >>> class_link(jnp.array([[0.0]])).shape, class_link(jnp.zeros((1, 3))).shape
        ((1,), (1, 3))
    """
    return sigmoid(outputs) if outputs.shape[-1] == 1 else softmax(outputs)


def rate(outputs: Float[Array, "*n 1"]) -> Float[Array, "*n"]:
    """Predict the expected count under a Poisson distribution.

    Args:
        outputs: (n, 1) log rates.

    Returns:
        (n,) rates, exp(outputs). Outputs above 88 are clipped to 88, because float32
        cannot represent much larger rates.

    Example:
        >>> rate(jnp.array([[0.0]])).tolist()
        [1.0]
    """
    return jnp.exp(jnp.minimum(outputs[..., 0], _LARGEST))
