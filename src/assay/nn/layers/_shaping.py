"""Layers that check an array's shape or give it another one."""

import math

import jax

from assay import spec
from assay._errors import InputError
from assay.nn._context import Context
from assay.nn._layer import About, Layer, Site, builds, shape_text
from assay.nn._lengths import only_real

__all__ = ["Flatten", "Input", "Reshape"]


@builds(spec.Input)
class Input(Layer):
    """Checks the shape of the examples, and hands them on.

    The first layer, where a model is written for data of one shape: num x width x
    height x channel, the number of rows left out.

        y = x

    Args:
        asked: the shape of one example, channels last.
        site: x and y have that shape, (n, *shape).

    Raises:
        InputError: the data have another shape.

    Example:
        >>> import numpy as np
        >>> site = Site((28, 28, 1), np.random.default_rng(0))
        >>> Input(spec.Input((28, 28, 1)), site).output_shape
        (28, 28, 1)
    """

    def __init__(self, asked: spec.Input, site: Site) -> None:
        shape = _shape(asked.shape)
        if shape != site.input_shape:
            got = shape_text(site.input_shape)
            fix = f"The data are {got}, channels last; write shape = "
            fix += f"{list(site.input_shape)}."
            rule = "the shape is that of the data"
            raise InputError(site.fault(rule, "shape", shape, fix))
        self.output_shape = shape

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x."""
        return x

    def about(self) -> About:
        """Say the shape it asks for."""
        return About(f"y = x, {shape_text(self.output_shape)}")

    @classmethod
    def largest_output(
        cls, asked: spec.Input, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the shape asked for: the layers after it were written for that."""
        return _shape(asked.shape)


@builds(spec.Flatten)
class Flatten(Layer):
    """Puts all numbers of an example into one row, the last axis fastest.

    Before a dense layer. Padded steps of sequences become zeros.

        y[(i W + j) C + c] = x[i, j, c]

    Args:
        asked: nothing.
        site: x is (n, ...), and y is (n, product of the sizes).

    Example:
        >>> import numpy as np
        >>> site = Site((4, 4, 3), np.random.default_rng(0))
        >>> Flatten(spec.Flatten(), site).output_shape
        (48,)
    """

    def __init__(self, asked: spec.Flatten, site: Site) -> None:
        self.input_shape = site.input_shape
        self.output_shape = (math.prod(site.input_shape),)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x in one row an example."""
        x = only_real(x, context.lengths)
        context.lengths = None
        return x.reshape(x.shape[0], *self.output_shape)

    def about(self) -> About:
        """Say the product of the sizes."""
        sizes = "*".join(map(str, self.input_shape))
        return About(f"{sizes} = {self.output_shape[0]}")

    @classmethod
    def largest_output(
        cls, asked: spec.Flatten, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the product of the sizes."""
        return (math.prod(input_shape),)


@builds(spec.Reshape)
class Reshape(Layer):
    """Puts the numbers of an example into another shape, in the same order.

    To make images or sequences of a table's row. The lengths of sequences are lost,
    unless the number of steps stays.

        y.ravel() = x.ravel()

    Args:
        asked: the shape of one example, channels last.
        site: x is (n, ...) with as many numbers, and y is (n, *shape).

    Raises:
        InputError: the shape holds another number of numbers.

    Example:
        >>> import numpy as np
        >>> site = Site((64,), np.random.default_rng(0))
        >>> Reshape(spec.Reshape((8, 8, 1)), site).output_shape
        (8, 8, 1)
    """

    def __init__(self, asked: spec.Reshape, site: Site) -> None:
        shape = _shape(asked.shape)
        if math.prod(shape) != math.prod(site.input_shape):
            given = shape_text(site.input_shape)
            fix = f"Its input is {given}, which is {math.prod(site.input_shape)} "
            fix += "numbers; write sizes whose product that is."
            rule = "the shape holds as many numbers as the input"
            raise InputError(site.fault(rule, "shape", shape, fix))
        self.output_shape = shape
        self._same_steps = shape[0] == site.input_shape[0]

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x in the new shape."""
        if not self._same_steps:
            x = only_real(x, context.lengths)
            context.lengths = None
        return x.reshape(x.shape[0], *self.output_shape)

    def about(self) -> About:
        """Say the product of the sizes."""
        sizes = "*".join(map(str, self.output_shape))
        return About(f"{sizes} = {math.prod(self.output_shape)}")

    @classmethod
    def largest_output(
        cls, asked: spec.Reshape, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the shape asked for."""
        return _shape(asked.shape)


def _shape(asked: object) -> tuple[int, ...]:
    return asked if isinstance(asked, tuple) else (int(asked),)  # type: ignore[call-overload]
