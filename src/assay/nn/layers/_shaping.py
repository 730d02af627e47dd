"""Layers that check or change the shape of an array."""

import math

import jax

from assay import spec
from assay._errors import InputError
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds, shape_text
from assay.nn._lengths import fill_padding

__all__ = ["Flatten", "Input", "Reshape"]


@builds(spec.Input)
class Input(Layer):
    """Checks the shape of the examples and returns them unchanged.

    Args:
        layer_spec: the shape of one example, channels last.
        context: build context; x and y have the shape (n, *shape).

    Raises:
        InputError: the data have a different shape.

    Example:
        >>> import numpy as np
        >>> context = BuildContext((28, 28, 1), np.random.default_rng(0))
        >>> Input(spec.Input((28, 28, 1)), context).output_shape
        (28, 28, 1)
    """

    def __init__(self, layer_spec: spec.Input, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        shape = _as_tuple(layer_spec.shape)
        if shape != context.input_shape:
            fix = f"The data have shape {shape_text(context.input_shape)}, "
            fix += f"channels last. Write shape = {list(context.input_shape)}."
            rule = "shape == data.shape"
            raise InputError(context.fault(rule, "shape", shape, fix))

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x."""
        return x

    def describe(self) -> Description:
        """Return the formula with the expected shape."""
        return Description(f"y = x, {shape_text(self.output_shape)}")

    @classmethod
    def largest_output(
        cls, layer_spec: spec.Input, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the expected shape, because the next layers are designed for it."""
        return _as_tuple(layer_spec.shape)


@builds(spec.Flatten)
class Flatten(Layer):
    """Flattens each example into one row, with the last axis varying fastest.

        y[(i W + j) C + c] = x[i, j, c]

    Padded steps of sequences are set to zero.

    Args:
        layer_spec: the spec of the layer; it has no fields.
        context: build context; x is (n, ...), and y is (n, product of the sizes).

    Example:
        >>> import numpy as np
        >>> context = BuildContext((4, 4, 3), np.random.default_rng(0))
        >>> Flatten(spec.Flatten(), context).output_shape
        (48,)
    """

    def __init__(self, layer_spec: spec.Flatten, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        self.output_shape = (math.prod(context.input_shape),)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x with each example flattened into one row."""
        x = fill_padding(x, context.lengths)
        context.lengths = None
        return x.reshape(x.shape[0], *self.output_shape)

    def describe(self) -> Description:
        """Return the formula with the sizes filled in."""
        sizes = "*".join(map(str, self.input_shape))
        return Description(f"{sizes} = {self.output_shape[0]}")

    @classmethod
    def largest_output(
        cls, layer_spec: spec.Flatten, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the number of values in an example."""
        return (math.prod(input_shape),)


@builds(spec.Reshape)
class Reshape(Layer):
    """Reshapes each example without changing the order of its values.

        y.ravel() = x.ravel()

    For example, the layer can turn a table row into an image or a sequence. The lengths
    of sequences are discarded unless the number of steps stays the same.

    Args:
        layer_spec: the new shape of one example, channels last.
        context: build context; x is (n, ...) with the same number of values, and y is
            (n, *shape).

    Raises:
        InputError: the shape does not match the size of the input.

    Example:
        >>> import numpy as np
        >>> context = BuildContext((64,), np.random.default_rng(0))
        >>> Reshape(spec.Reshape((8, 8, 1)), context).output_shape
        (8, 8, 1)
    """

    def __init__(self, layer_spec: spec.Reshape, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        shape, size = _as_tuple(layer_spec.shape), math.prod(context.input_shape)
        if math.prod(shape) != size:
            fix = f"The input ({shape_text(context.input_shape)}) has {size} numbers. "
            fix += f"Use sizes whose product is {size}."
            rule = "prod(shape) == prod(input_shape)"
            raise InputError(context.fault(rule, "shape", shape, fix))
        self.output_shape = shape
        self._keeps_steps = shape[0] == context.input_shape[0]

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x in the new shape."""
        if not self._keeps_steps:
            x = fill_padding(x, context.lengths)
            context.lengths = None
        return x.reshape(x.shape[0], *self.output_shape)

    def describe(self) -> Description:
        """Return the formula with the sizes filled in."""
        sizes = "*".join(map(str, self.output_shape))
        return Description(f"{sizes} = {math.prod(self.output_shape)}")

    @classmethod
    def largest_output(
        cls, layer_spec: spec.Reshape, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the new shape."""
        return _as_tuple(layer_spec.shape)


def _as_tuple(shape: object) -> tuple[int, ...]:
    return shape if isinstance(shape, tuple) else (int(shape),)  # type: ignore[call-overload]
