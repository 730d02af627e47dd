"""The residual block."""

import math

import jax
import jax.numpy as jnp
from flax import nnx

from assay import spec
from assay._errors import InputError
from assay.nn import ops
from assay.nn._build_layers import build_layers
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds, shape_text
from assay.nn._layer_names import inner_names
from assay.nn.layers._run_layers import run_layers

__all__ = ["Residual"]


@builds(spec.Residual)
class Residual(Layer):
    """Adds the output of its layers f to its input x.

        y = x + f(x)        or, if the shapes differ,        y = x W + f(x)

    The projection W has no bias. It is a matrix for flat inputs; otherwise, it is a
    1 x 1 convolution whose stride yields the size of f(x).

    Args:
        layer_spec: the layers of f; an activation after the sum is a separate layer.
        context: build context; x is (n, *input_shape), and y has the shape of f(x).

    Raises:
        InputError: the layers of f are incompatible, or no stride maps the size of x to
            the size of f(x).

    Example:
        >>> import numpy as np
        >>> context = BuildContext((8, 8, 3), np.random.default_rng(0))
        >>> block = Residual(spec.Residual([spec.Conv2D(4, 3, stride=2)]), context)
        >>> block(jnp.ones((2, 8, 8, 3)), Context()).shape
        (2, 4, 4, 4)
        >>> block.describe().notes
        ('x is projected by a 1 x 1 convolution with stride 2 x 2',)
    """

    weighted = True

    def __init__(self, layer_spec: spec.Residual, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        names = inner_names(layer_spec.layers)
        path = f"{context.path}.layers".lstrip(".")
        inside = BuildContext(
            context.input_shape, context.rng, context.activation, path
        )
        built = build_layers(layer_spec.layers, names, inside)
        for name, layer in built.items():
            setattr(self, name, layer)
        self.names = tuple(names)
        self.stochastic = any(layer.stochastic for layer in built.values())
        self.output_shape = built[names[-1]].output_shape
        self.stride: tuple[int, ...] = ()
        if self.output_shape == context.input_shape:
            self.kernel = None
        else:
            self.stride = _stride(self.output_shape, context)
            shape = (context.input_shape[-1], self.output_shape[-1])
            window = (1,) * len(self.stride)
            self.kernel = nnx.Param(context.draw_weights("auto", (*window, *shape)))

    def inner_layers(self) -> dict[str, Layer]:
        """Return the layers of f, keyed by name."""
        return {name: getattr(self, name) for name in self.names}

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the sum of f(x) and x, after projecting x if necessary."""
        # f runs first because it may change the context's lengths.
        return run_layers(self.inner_layers(), x, context) + self._project(x, context)

    def _project(self, x: jax.Array, context: Context) -> jax.Array:
        if self.kernel is None:
            return x
        x, kernel = x.astype(context.dtype), self.kernel[...].astype(context.dtype)
        if self.stride:
            return ops.convolve(x, kernel, stride=self.stride).astype(jnp.float32)
        return jnp.matmul(x, kernel, preferred_element_type=jnp.float32)

    def describe(self) -> Description:
        """Return the formula, with a note on the projection if x is projected."""
        if self.kernel is None:
            return Description("y = x + f(x)")
        inputs, outputs = self.kernel[...].shape[-2:]
        num_positions = math.prod(self.output_shape[:-1])
        count = inputs * outputs
        note = "x is projected"
        if self.stride:
            window = shape_text((1,) * max(len(self.stride), 2))
            note += f" by a {window} convolution with stride {shape_text(self.stride)}"
        return Description(
            "y = x W + f(x)",
            f"{inputs}*{outputs} = {count}",
            num_positions * count,
            (note,),
        )


def _stride(output: tuple[int, ...], context: BuildContext) -> tuple[int, ...]:
    """Return the stride that reduces the input to the spatial size of f(x)."""
    shape = context.input_shape
    if len(output) == len(shape):
        pairs = list(zip(shape[:-1], output[:-1], strict=True))
        stride = tuple(-(-before // after) for before, after in pairs)
        reached = tuple(
            -(-before // step) for (before, _), step in zip(pairs, stride, strict=True)
        )
        if reached == output[:-1]:
            return stride
    rule = "output size == ceil(input size / stride)"
    fix = f"The input is {shape_text(shape)}. "
    fix += 'Use padding = "same" in the layers, and reduce the size with strides.'
    raise InputError(context.fault(rule, "layers.output_shape", output, fix))
