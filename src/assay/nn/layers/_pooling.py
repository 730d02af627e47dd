"""Pooling layers with windows, and global pooling layers."""

from typing import TypedDict

import jax
import jax.numpy as jnp
import numpy as np

from assay import spec
from assay._errors import InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds
from assay.nn._lengths import fill_padding, real_steps
from assay.nn._window_geometry import window_geometry

__all__ = ["AveragePool", "GlobalAveragePool", "GlobalMaxPool", "MaxPool"]

# The padding value must not exceed any real value. It is finite, because infinities
# could turn into NaN.
_LEAST = float(np.finfo(np.float32).min)


class _WindowArguments(TypedDict):
    size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    round_up: bool


class _Pool(Layer):
    """Base class for layers that reduce each window to one value per channel."""

    def __init__(self, layer_spec: spec.Pooling, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        self.window = window_geometry(layer_spec, context)
        self.output_shape = (*self.window.output, context.input_shape[-1])

    def _window_arguments(self) -> _WindowArguments:
        window = self.window
        return {
            "size": window.size,
            "stride": window.stride,
            "padding": window.padding,
            "dilation": window.dilation,
            "round_up": window.round_up,
        }

    def describe(self) -> Description:
        """Return the size of the output, with numbers filled in."""
        formula = f"{self.window.formula}, D2 = D1 = {self.output_shape[-1]}"
        return Description(formula, notes=self.window.notes)

    @classmethod
    def largest_output(
        cls, layer_spec: spec.Pooling, input_shape: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        """Return the input shape, or None if it has the wrong rank."""
        return input_shape if len(input_shape) == layer_spec.rank + 1 else None


@builds(spec.MaxPool1D, spec.MaxPool2D, spec.MaxPool3D)
class MaxPool(_Pool):
    """Takes the largest value in each window, separately for each channel.

        y[p, c] = max over t of x[S p + t - P, c]
        W2 = (W1 - F + 2P)/S + 1, rounded down;  D2 = D1

    Padding and padded steps are ignored. In a short sequence, a dilated window may
    contain no real steps; its output is then 0, as in average pooling.

    Args:
        layer_spec: size F, stride S (default F), padding P, dilation and ceil_mode.
        context: build context; x is (n, *space, channels), and y is
            (n, *positions, channels).

    Raises:
        InputError: the window is larger than the padded input, or the padding exceeds
            half the window.

    Example:
        >>> context = BuildContext((4, 1), np.random.default_rng(0))
        >>> layer = MaxPool(spec.MaxPool1D(2), context)
        >>> layer(jnp.array([[[1.0], [3.0], [2.0], [5.0]]]), Context()).ravel().tolist()
        [3.0, 5.0]
    """

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the largest value in each window."""
        x = fill_padding(x, context.lengths, fill=_LEAST)
        y = ops.max_pool(x, **self._window_arguments())
        if context.lengths is not None and self.window.has_gaps:  # no real step
            y = jnp.where(y == _LEAST, 0.0, y)
        context.lengths = self.window.lengths(context.lengths)
        return fill_padding(y, context.lengths)


@builds(spec.AveragePool1D, spec.AveragePool2D, spec.AveragePool3D)
class AveragePool(_Pool):
    """Averages the values in each window, separately for each channel.

        y[p, c] = mean over t of x[S p + t - P, c]
        W2 = (W1 - F + 2P)/S + 1, rounded down;  D2 = D1

    The mean excludes padded steps and, unless `count_padding` is set, padding.

    Args:
        layer_spec: size F, stride S (default F), padding P, dilation, ceil_mode and
            count_padding.
        context: build context; x is (n, *space, channels), and y is
            (n, *positions, channels).

    Raises:
        InputError: the window is larger than the padded input, or the padding exceeds
            half the window.

    Example:
        >>> context = BuildContext((4, 1), np.random.default_rng(0))
        >>> layer = AveragePool(spec.AveragePool1D(2), context)
        >>> layer(jnp.array([[[1.0], [3.0], [2.0], [5.0]]]), Context()).ravel().tolist()
        [2.0, 3.5]
    """

    def __init__(self, layer_spec: spec.AveragePooling, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        self.count_padding = layer_spec.count_padding

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the mean of each window."""
        filled = fill_padding(x, context.lengths)
        arguments = self._window_arguments()
        y = ops.average_pool(filled, **arguments, count_padding=self.count_padding)
        if context.lengths is None:
            return y
        if self.count_padding:
            return self._counted_with_padding(y, context)
        real = jnp.broadcast_to(
            real_steps(x, context.lengths).astype(x.dtype), (*x.shape[:-1], 1)
        )
        # Dividing by the fraction of real steps in each window removes the padded steps
        # from the mean.
        fraction = ops.average_pool(real, **self._window_arguments())
        context.lengths = self.window.lengths(context.lengths)
        mean = y / jnp.where(fraction > 0, fraction, 1.0)
        return fill_padding(mean, context.lengths)

    def _counted_with_padding(self, y: jax.Array, context: Context) -> jax.Array:
        """Correct the means of windows that reach beyond a shorter row and its padding.

        Args:
            y: sums over the windows, divided by the number of steps that a window would
                count in the longest row.
            context: context of the pass, with updated lengths.
        """
        lengths, window = context.lengths, self.window
        assert lengths is not None
        before, after = window.padding[0]
        start = jnp.arange(window.output[0])[:, None] * window.stride[0] - before
        taps = jnp.arange(window.size[0])[None] * window.dilation[0]
        step = (start + taps)[None]
        longest = jnp.full_like(lengths, window.space[0])
        counts = [
            (step < (ends + after)[:, None, None]).sum(axis=2).astype(y.dtype)
            for ends in (longest, lengths)
        ]
        ratio = counts[0] / jnp.maximum(counts[1], 1)
        context.lengths = window.lengths(lengths)
        ratio = ratio.reshape(*ratio.shape, *[1] * (y.ndim - 2))
        return fill_padding(y * ratio, context.lengths)


class _GlobalPool(Layer):
    """Reduces (n, *space, c) to one value per channel, (n, c)."""

    def __init__(self, layer_spec: spec.Layer, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        shape = context.input_shape
        if len(shape) < 2:
            rule = f"{layer_spec.kind}.input_shape == (*space, channels)"
            fix = "Remove the layer, because the input is already flat."
            raise InputError(context.fault(rule, "input_shape", shape, fix))
        self.output_shape = shape[-1:]

    @classmethod
    def largest_output(
        cls, layer_spec: spec.Layer, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return (channels,)."""
        return input_shape[-1:]


@builds(spec.GlobalMaxPool)
class GlobalMaxPool(_GlobalPool):
    """Takes the largest value of each channel over all positions.

        y[c] = max over p of x[p, c]

    In sequences, padded steps are ignored.

    Args:
        layer_spec: the spec of the layer; it has no fields.
        context: build context; x is (n, *space, channels), and y is (n, channels).

    Raises:
        InputError: the input is flat.

    Example:
        >>> context = BuildContext((2, 1), np.random.default_rng(0))
        >>> layer = GlobalMaxPool(spec.GlobalMaxPool(), context)
        >>> layer(jnp.array([[[1.0], [3.0]]]), Context()).tolist()
        [[3.0]]
    """

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return each channel's largest value, or 0 for a sequence without steps."""
        lengths, context.lengths = context.lengths, None
        y = ops.global_max_pool(fill_padding(x, lengths, fill=_LEAST))
        return y if lengths is None else jnp.where(lengths[:, None] > 0, y, 0.0)

    def describe(self) -> Description:
        """Return the formula with the number of positions filled in."""
        sizes = _sizes_text(self.input_shape)
        return Description(f"y[c] = max over {sizes} positions of x[p, c]")


@builds(spec.GlobalAveragePool)
class GlobalAveragePool(_GlobalPool):
    """Averages each channel over all positions.

        y[c] = mean over p of x[p, c]

    In sequences, padded steps are ignored.

    Args:
        layer_spec: the spec of the layer; it has no fields.
        context: build context; x is (n, *space, channels), and y is (n, channels).

    Raises:
        InputError: the input is flat.

    Example:
        >>> context = BuildContext((2, 1), np.random.default_rng(0))
        >>> layer = GlobalAveragePool(spec.GlobalAveragePool(), context)
        >>> layer(jnp.array([[[1.0], [3.0]]]), Context()).tolist()
        [[2.0]]
    """

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return each channel's mean, or 0 for a sequence without steps."""
        lengths, context.lengths = context.lengths, None
        y = ops.global_average_pool(fill_padding(x, lengths))
        if lengths is None:
            return y
        fraction = lengths.astype(x.dtype) / x.shape[1]
        return y / jnp.where(fraction > 0, fraction, 1.0)[:, None]

    def describe(self) -> Description:
        """Return the formula with the number of positions filled in."""
        sizes = _sizes_text(self.input_shape)
        return Description(f"y[c] = mean over {sizes} positions of x[p, c]")


def _sizes_text(shape: tuple[int, ...]) -> str:
    return "*".join(map(str, shape[:-1]))
