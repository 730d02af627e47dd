"""The residual block."""

import math

import jax
import jax.numpy as jnp
from flax import nnx

from assay import spec
from assay._errors import InputError
from assay.nn import ops
from assay.nn._chain import chain, inner_names
from assay.nn._context import Context
from assay.nn._layer import About, Layer, Site, builds, shape_text
from assay.nn.layers._sequence import run_layers

__all__ = ["Residual"]


@builds(spec.Residual)
class Residual(Layer):
    """Adds to its input what some layers make of it.

    For deep nets: the gradient has a way past the layers, so that they need only
    learn what is to be added. Where f changes the shape, x goes through a learned
    projection W without bias: a 1 x 1 convolution with the stride that gives f's
    size, or a matrix for flat inputs.

        y = x + f(x)        or, where the shapes differ,        y = x W + f(x)

    Args:
        asked: the layers of f; the activation after the sum is a layer of its own.
        site: x is (n, *input_shape), and y has the shape that f gives.

    Raises:
        InputError: layers of f do not fit, or no stride leads from x to f(x).

    Example:
        >>> import numpy as np
        >>> site = Site((8, 8, 3), np.random.default_rng(0))
        >>> block = Residual(spec.Residual([spec.Conv2D(4, 3, stride=2)]), site)
        >>> block(jnp.ones((2, 8, 8, 3)), Context()).shape
        (2, 4, 4, 4)
        >>> block.about().notes
        ('x goes through a projection, 1 x 1 with stride 2 x 2',)

    References:
        He et al., 2015, "Deep residual learning for image recognition".
    """

    def __init__(self, asked: spec.Residual, site: Site) -> None:
        names = inner_names(asked.layers)
        path = f"{site.path}.layers".lstrip(".")
        inside = Site(site.input_shape, site.rng, site.activation, path)
        built = chain(asked.layers, names, inside)
        for name, layer in built.items():
            setattr(self, name, layer)
        self.names = tuple(names)
        self.draws = any(layer.draws for layer in built.values())
        self.output_shape = built[names[-1]].output_shape
        self.stride: tuple[int, ...] = ()
        if self.output_shape == site.input_shape:
            self.kernel = None
        else:
            self.stride = _stride(self.output_shape, site)
            shape = (site.input_shape[-1], self.output_shape[-1])
            window = (1,) * len(self.stride)
            self.kernel = nnx.Param(site.draw("auto", (*window, *shape)))

    def inner(self) -> dict[str, Layer]:
        """Return the layers of f, by name."""
        return {name: getattr(self, name) for name in self.names}

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x, projected where needed, plus f(x)."""
        return run_layers(self.inner(), x, context) + self._project(x, context)

    def _project(self, x: jax.Array, context: Context) -> jax.Array:
        if self.kernel is None:
            return x
        x, kernel = x.astype(context.dtype), self.kernel[...].astype(context.dtype)
        if self.stride:
            return ops.convolve(x, kernel, stride=self.stride).astype(jnp.float32)
        return jnp.matmul(x, kernel, preferred_element_type=jnp.float32)

    def about(self) -> About:
        """Say whether x is projected, and by what."""
        if self.kernel is None:
            return About("y = x + f(x)")
        inputs, outputs = self.kernel[...].shape[-2:]
        places = math.prod(self.output_shape[:-1])
        count = inputs * outputs
        note = "x goes through a projection"
        if self.stride:
            window = shape_text((1,) * max(len(self.stride), 2))
            note += f", {window} with stride {shape_text(self.stride)}"
        return About(
            "y = x W + f(x)", f"{inputs}*{outputs} = {count}", places * count, (note,)
        )


def _stride(output: tuple[int, ...], site: Site) -> tuple[int, ...]:
    """Return the stride of a 1 x 1 convolution from the input's space to f's."""
    given = site.input_shape
    if len(output) == len(given):
        pairs = list(zip(given[:-1], output[:-1], strict=True))
        stride = tuple(-(-before // after) for before, after in pairs)
        reached = tuple(
            -(-before // step) for (before, _), step in zip(pairs, stride, strict=True)
        )
        if reached == output[:-1]:
            return stride
    rule = "the layers give a size that a stride makes of the input's"
    fix = f"The input is {shape_text(given)}. "
    fix += 'Write padding = "same" in them, and strides to make space smaller.'
    raise InputError(site.fault(rule, "layers.output_shape", output, fix))
