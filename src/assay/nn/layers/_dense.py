"""The dense layer."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import About, Layer, Site, builds, shape_text

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
        site: x is (n, inputs) and y is (n, units); over sequences (n, steps, inputs)
            the same weights serve each step.

    Raises:
        InputError: if no initializer has the name asked for, or x holds images.

    Example:
        >>> site = Site((4,), np.random.default_rng(0))
        >>> layer = Dense(spec.Dense(3), site)
        >>> layer(np.ones((2, 4)), Context()).shape
        (2, 3)

    References:
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", chapter 6.
    """

    def __init__(self, asked: spec.Dense, site: Site) -> None:
        _check(asked, site)
        inputs, units = site.input_shape[-1], int(asked.units)  # type: ignore[arg-type]
        self.input_shape = site.input_shape
        self.kernel = nnx.Param(site.draw(asked.initializer, (inputs, units)))
        self.bias = nnx.Param(np.zeros(units, np.float32)) if asked.bias else None
        self.output_shape = (*site.input_shape[:-1], units)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x W + b."""
        kernel = self.kernel[...].astype(context.dtype)
        y = jnp.matmul(
            x.astype(context.dtype), kernel, preferred_element_type=jnp.float32
        )
        return y if self.bias is None else y + ops.along_last_axis(self.bias[...], y)

    def about(self) -> About:
        """Say its formula with the numbers put in."""
        inputs, (*places, units) = self.input_shape[-1], self.output_shape
        bias = "" if self.bias is None else f" + b ({units})"
        count = f"{inputs}*{units}" + ("" if self.bias is None else f" + {units}")
        total = math.prod(self.input_shape) * units
        each = (f"the same weights at each of {places[0]} steps",) if places else ()
        return About(
            f"y ({units}) = x ({inputs}) W ({inputs} x {units}){bias}",
            f"{count} = {self.num_parameters}",
            total,
            each,
        )

    @classmethod
    def largest_output(
        cls, asked: spec.Dense, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return (units,), which is what comes out once the input is flat."""
        return (int(asked.units),)  # type: ignore[arg-type]


def _check(asked: spec.Dense, site: Site) -> None:
    if len(site.input_shape) > 2:
        rank, units = len(site.input_shape) - 1, asked.units
        raise InputError(
            site.fault(
                "a dense layer's input is flat, or (steps, channels)",
                "input_shape",
                site.input_shape,
                "Put Flatten() or GlobalAveragePool() before it; for a dense layer at "
                f"each of the {shape_text(site.input_shape[:-1])} places write "
                f"Conv{rank}D({units}, 1).",
            )
        )
