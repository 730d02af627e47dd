"""Chains of dense layers with activations and dropout.

On a CPU, the C++ extension computes the forward pass of a chain in one call and its
backward pass in another, because XLA takes longer to start an operation than to compute
a small layer.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from assay._errors import Faults, did_you_mean, fault
from assay.extension import ACTIVATIONS, available, call, differentiable
from assay.nn._masks import kept_at
from assay.nn.ops._broadcasting import along_last_axis
from assay.nn.ops._shapes import check_dense

__all__ = ["DENSE_ACTIVATIONS", "DenseStep", "Dropped", "dense"]

_FUNCTIONS = {
    "identity": lambda x: x,
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
}
DENSE_ACTIVATIONS = ACTIVATIONS

# Input (n, inputs), then one kernel (inputs, units) and one bias (units,) per layer.
Inputs = tuple[jax.Array, tuple[jax.Array, ...], tuple[jax.Array, ...]]


class Dropped(NamedTuple):
    """Dropout applied to a layer's values.

    Args:
        words: the two words of the random key, (2,).
        first: position of the first value. A hash of the position decides whether a
            value is dropped.
        kept: probability that a value is kept.
    """

    words: jax.Array
    first: jax.Array
    kept: jax.Array


class DenseStep(NamedTuple):
    """One layer: activation(x kernel + bias), then dropout."""

    kernel: jax.Array
    bias: jax.Array | None
    activation: str
    dropped: Dropped | None = None


def dense(x: jax.Array, steps: Sequence[DenseStep]) -> jax.Array:
    """Apply dense layers in sequence to x (n, inputs), and return (n, units).

    Args:
        x: input. The extension supports only float32; XLA handles other types.
        steps: the layers, with activations from `DENSE_ACTIVATIONS`.

    Raises:
        InputError: the shapes are inconsistent, or an activation is not in
            `DENSE_ACTIVATIONS`.

    Example:
        >>> step = DenseStep(jnp.array([[1.0, -1.0]]), None, "relu")
        >>> dense(jnp.array([[3.0], [-2.0]]), [step]).tolist()
        [[3.0, 0.0], [0.0, 2.0]]
    """
    kernels = tuple(step.kernel for step in steps)
    biases = tuple(
        jnp.zeros(step.kernel.shape[-1], x.dtype) if step.bias is None else step.bias
        for step in steps
    )
    check_dense(x, kernels, biases)
    inputs, drops = (x, kernels, biases), tuple(step.dropped for step in steps)
    activations = tuple(step.activation for step in steps)
    _check_activations(activations)
    plain = partial(_plain, activations=activations)
    if not available(x, *kernels, *biases):
        return plain(inputs, drops)
    how: dict[str, Any] = {
        "activations": np.array([DENSE_ACTIVATIONS.index(a) for a in activations]),
        "drops": np.array([dropped is not None for dropped in drops], np.int64),
    }
    run = differentiable(partial(_forward, how=how), partial(_backward, how=how), plain)
    return run(inputs, drops)


def _check_activations(activations: tuple[str, ...]) -> None:
    faults = Faults()
    for i, name in enumerate(activations):
        if name not in DENSE_ACTIVATIONS:
            invariant = f"steps[{i}].activation in {DENSE_ACTIVATIONS}"
            fix = f"Choose one of them.{did_you_mean(name, DENSE_ACTIVATIONS)}"
            faults.add(fault(invariant, "activation", name, fix))
    faults.raise_if_any()


Drops = tuple[Dropped | None, ...]


def _plain(inputs: Inputs, drops: Drops, *, activations: tuple[str, ...]) -> jax.Array:
    y, *layers = inputs
    for *layer, activation, dropped in zip(*layers, activations, drops, strict=True):
        kernel, bias = layer
        product = y @ kernel
        y = _FUNCTIONS[activation](product + along_last_axis(bias, product))
        if dropped is not None:
            words, first, kept = dropped
            y = jnp.where(kept_at(words, y.shape, kept, first=first), y / kept, 0.0)
    return y


def _forward(inputs: Inputs, drops: Drops, *, how: dict[str, Any]) -> Any:
    x, kernels, biases = inputs
    pairs = zip(kernels, biases, strict=True)
    values = call(
        "assay_dense_forward",
        [(x.shape[0], kernel.shape[1]) for kernel in kernels],
        *(x, *(array for pair in pairs for array in pair), *jax.tree.leaves(drops)),
        mapped="broadcast_all",
        **how,
    )
    return values[-1], values


def _backward(
    inputs: Inputs,
    drops: Drops,
    values: Any,
    g: jax.Array,
    *,
    how: dict[str, Any],
) -> Inputs:
    x, kernels, biases = inputs
    pairs = zip(kernels, values, strict=True)
    shapes = zip(kernels, biases, strict=True)
    first, *gradients = call(
        "assay_dense_backward",
        [values[0].shape, *(array.shape for pair in shapes for array in pair)],
        *(x, g, *(array for pair in pairs for array in pair), *jax.tree.leaves(drops)),
        mapped="broadcast_all",
        **how,
    )
    # This product is computed separately, so that XLA can omit it if the input needs no
    # gradient.
    return first @ kernels[0].T, tuple(gradients[::2]), tuple(gradients[1::2])
