"""Layers that pad or crop an input."""

import jax
import jax.numpy as jnp
from jax import lax

from assay import spec
from assay._errors import InputError
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds, shape_text
from assay.nn._lengths import fill_padding, limited
from assay.nn._window_geometry import AXIS_LETTERS, check_rank, pairs_per_axis

__all__ = ["Cropping", "ZeroPadding"]

_Pairs = tuple[tuple[int, int], ...]


class _Rows(Layer):
    """Base class for layers that add or remove rows on each side."""

    rows: _Pairs

    def _set_rows(self, rows: _Pairs) -> None:
        *space, channels = self.input_shape
        self.rows = rows
        sizes = (w + sum(pair) for w, pair in zip(space, rows, strict=True))
        self.output_shape = (*sizes, channels)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x, padded with zeros or cropped."""
        lengths = context.lengths
        x = fill_padding(x, lengths)
        if lengths is not None:
            steps = lengths + sum(self.rows[0])
            context.lengths = limited(steps, lengths, most=self.output_shape[0])
        config = [(0, 0, 0), *((*pair, 0) for pair in self.rows), (0, 0, 0)]
        return lax.pad(x, jnp.zeros((), x.dtype), config)

    def describe(self) -> Description:
        """Return the calculation of the output size."""
        letters = AXIS_LETTERS[len(self.rows)]
        formulas = []
        for letter, size, (before, after), new in zip(
            letters, self.input_shape, self.rows, self.output_shape, strict=False
        ):
            sign = "-" if min(before, after) < 0 else "+"
            sides = f"{sign} {abs(before)} {sign} {abs(after)}"
            formulas.append(f"{letter}2 = {size} {sides} = {new}")
        return Description(", ".join(formulas))


@builds(spec.ZeroPadding)
class ZeroPadding(_Rows):
    """Adds rows of zeros around the input.

        y[p, c] = x[p - P, c], or 0 outside of x;  W2 = W1 + 2P,  D2 = D1

    In a padded sequence, the zeros at the end directly follow the last real step.

    Args:
        layer_spec: padding P, or (before, after) for each axis.
        context: build context; x and y are (n, *space, channels), and y is larger along
            the spatial axes.

    Raises:
        InputError: the input has the wrong number of axes.

    Example:
        >>> import numpy as np
        >>> context = BuildContext((2, 1), np.random.default_rng(0))
        >>> layer = ZeroPadding(spec.ZeroPadding1D(((2, 1),)), context)
        >>> layer(jnp.array([[[3.0], [5.0]]]), Context()).ravel().tolist()
        [0.0, 0.0, 3.0, 5.0, 0.0]
    """

    def __init__(self, layer_spec: spec.ZeroPadding, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        check_rank(layer_spec, context)
        self._set_rows(pairs_per_axis(layer_spec.padding, layer_spec.rank))

    @classmethod
    def largest_output(
        cls, layer_spec: spec.ZeroPadding, input_shape: tuple[int, ...]
    ) -> None:
        """Return None, because an input with the wrong rank cannot be padded."""
        return None


@builds(spec.Cropping)
class Cropping(_Rows):
    """Crops the input at both ends of each spatial axis.

        y[p, c] = x[p + C, c];  W2 = W1 - 2C,  D2 = D1

    In a padded sequence, the rows removed at the end are the last real steps.

    Args:
        layer_spec: cropping C, or (before, after) for each axis.
        context: build context; x and y are (n, *space, channels), and y is smaller
            along the spatial axes.

    Raises:
        InputError: the input has the wrong number of axes, or no rows would be left.

    Example:
        >>> import numpy as np
        >>> context = BuildContext((4, 1), np.random.default_rng(0))
        >>> layer = Cropping(spec.Cropping1D(((2, 1),)), context)
        >>> layer(jnp.arange(4.0).reshape(1, 4, 1), Context()).ravel().tolist()
        [2.0]
    """

    def __init__(self, layer_spec: spec.Cropping, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        check_rank(layer_spec, context)
        pairs = pairs_per_axis(layer_spec.cropping, layer_spec.rank)
        self._set_rows(tuple((-before, -after) for before, after in pairs))
        if min(self.output_shape) < 1:
            fix = f"The input is {shape_text(context.input_shape[:-1])}. Crop less."
            rule = "sum(cropping) < input size"
            value = layer_spec.cropping
            raise InputError(context.fault(rule, "cropping", value, fix))
