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
from assay.nn._layer import BuildContext, Description, Layer, builds, shape_text

__all__ = ["Dense"]


@builds(spec.Dense)
class Dense(Layer):
    """Connects every input to every output: y = x W + b.

    W (inputs, units) is named "kernel" and b (units,) is named "bias". Together they
    have inputs * units + units parameters.

    Args:
        layer_spec: units, bias and initializer.
        context: build context; x is (n, inputs) and y is (n, units). For sequences
            (n, steps, inputs), the same weights apply at every step.

    Raises:
        InputError: the initializer does not exist, or x has more than one axis of
            positions, as images do.

    Example:
        >>> context = BuildContext((4,), np.random.default_rng(0))
        >>> layer = Dense(spec.Dense(3), context)
        >>> layer(np.ones((2, 4)), Context()).shape
        (2, 3)
    """

    weighted = True

    def __init__(self, layer_spec: spec.Dense, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        _check(layer_spec, context)
        *positions, inputs = context.input_shape
        units = int(layer_spec.units)  # type: ignore[arg-type]
        kernel = context.draw_weights(layer_spec.initializer, (inputs, units))
        self.kernel = nnx.Param(kernel)
        bias = np.zeros(units, np.float32)
        self.bias = nnx.Param(bias) if layer_spec.bias else None
        self.output_shape = (*positions, units)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x W + b."""
        kernel = self.kernel[...].astype(context.dtype)
        y = jnp.matmul(
            x.astype(context.dtype), kernel, preferred_element_type=jnp.float32
        )
        return y if self.bias is None else y + ops.along_last_axis(self.bias[...], y)

    def describe(self) -> Description:
        """Return the formula with numbers filled in."""
        inputs, (*positions, units) = self.input_shape[-1], self.output_shape
        bias = "" if self.bias is None else f" + b ({units})"
        count = f"{inputs}*{units}" + ("" if self.bias is None else f" + {units}")
        products = math.prod(self.input_shape) * units
        notes = (f"the same weights at all {positions[0]} steps",) if positions else ()
        return Description(
            f"y ({units}) = x ({inputs}) W ({inputs} x {units}){bias}",
            f"{count} = {self.num_parameters}",
            products,
            notes,
        )

    @classmethod
    def largest_output(
        cls, layer_spec: spec.Dense, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return (units,), the output shape for a flat input."""
        return (int(layer_spec.units),)  # type: ignore[arg-type]


def _check(layer_spec: spec.Dense, context: BuildContext) -> None:
    if len(context.input_shape) > 2:
        *positions, _ = context.input_shape
        raise InputError(
            context.fault(
                "len(input_shape) <= 2",
                "input_shape",
                context.input_shape,
                "Put Flatten() or GlobalAveragePool() before this layer. For a dense "
                f"layer at each of the {shape_text(tuple(positions))} positions, use "
                f"Conv{len(positions)}D({layer_spec.units}, 1).",
            )
        )
