"""The dense layer."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay.nn._context import Context
from assay.nn._initializers import initialize
from assay.nn._layer import Layer, Site, builds

__all__ = ["Dense"]


@builds(spec.Dense)
class Dense(Layer):
    """Every input connected to every output: y = x W + b.

    x has shape (n, inputs) or (n, ..., inputs), W (inputs, units), b (units,), and
    y (n, ..., units). It has inputs * units + units parameters.

    References:
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", chapter 6.
    """

    def __init__(self, asked: spec.Dense, site: Site) -> None:
        inputs, units = site.input_shape[-1], int(asked.units)  # type: ignore[arg-type]
        name, gain = site.initializer
        if asked.initializer != "auto":
            name = asked.initializer
        self.kernel = nnx.Param(initialize(name, site.rng, (inputs, units), gain=gain))
        self.bias = nnx.Param(np.zeros(units, np.float32)) if asked.bias else None
        self.output_shape = (*site.input_shape[:-1], units)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x W + b."""
        kernel = self.kernel[...].astype(context.dtype)
        y = jnp.matmul(
            x.astype(context.dtype), kernel, preferred_element_type=jnp.float32
        )
        return y if self.bias is None else y + self.bias[...]
