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
    """Every input connected to every output.

    The layer of tables, and the last one of most nets. With W of shape (inputs,
    units), named "kernel", and b (units,), it has inputs * units + units parameters:

        y = x W + b

    Args:
        asked: number of units >= 1, whether there is a bias, and the initializer;
            "auto" fits it to the activation that follows.
        site: x is (n, inputs) or (n, ..., inputs), and y is (n, ..., units).

    Raises:
        InputError: if no initializer has the name asked for.

    Example:
        >>> site = Site((4,), np.random.default_rng(0))
        >>> layer = Dense(spec.Dense(3), site)
        >>> layer(np.ones((2, 4)), Context()).shape
        (2, 3)

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
