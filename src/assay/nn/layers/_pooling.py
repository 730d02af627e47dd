"""Pooling layers: over windows, and over all of space."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay import spec
from assay._errors import InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import About, Layer, Site, builds
from assay.nn._lengths import only_real, real_steps
from assay.nn.layers._windows import sliding

__all__ = ["AveragePool", "GlobalAveragePool", "GlobalMaxPool", "MaxPool"]

_LEAST = float(np.finfo(np.float32).min)


class _Pool(Layer):
    """A window that sums up each channel; what its two members share."""

    def __init__(self, asked: Any, site: Site) -> None:
        self.sliding = sliding(asked, site)
        self.output_shape = (*self.sliding.output, site.input_shape[-1])

    def _how(self) -> dict[str, Any]:
        window = self.sliding
        return {
            "size": window.size,
            "stride": window.stride,
            "padding": window.padding,
        }

    def about(self) -> About:
        """Say the size of its output with the numbers put in."""
        formula = f"{self.sliding.formula}, D2 = D1 = {self.output_shape[-1]}"
        return About(formula, notes=self.sliding.notes)

    @classmethod
    def largest_output(
        cls, asked: Any, input_shape: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        """Return the input's shape; None if it is no space."""
        return input_shape if len(input_shape) == asked.rank + 1 else None


@builds(spec.MaxPool1D, spec.MaxPool2D, spec.MaxPool3D)
class MaxPool(_Pool):
    """Keeps the largest value of each window, channel by channel.

    After convolutions: keeps what fired, forgets just where, and leaves less to
    compute. Padding and padded steps never win.

        y[p, c] = max over t of x[S p + t - P, c]
        W2 = (W1 - F + 2P)/S + 1, rounded down;  D2 = D1

    Args:
        asked: size F, stride S (as the size where it is left open), padding P.
        site: x is (n, *space, channels), and y is (n, *places, channels).

    Raises:
        InputError: the window is larger than the padded input, or more than half of
            it may be padding.

    Example:
        >>> site = Site((4, 1), np.random.default_rng(0))
        >>> layer = MaxPool(spec.MaxPool1D(2), site)
        >>> layer(jnp.array([[[1.0], [3.0], [2.0], [5.0]]]), Context()).ravel().tolist()
        [3.0, 5.0]

    References:
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", section 9.3.
    """

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return each window's largest value."""
        x = only_real(x, context.lengths, fill=_LEAST)
        y = ops.max_pool(x, **self._how())
        context.lengths = self.sliding.lengths(context.lengths)
        return only_real(y, context.lengths)


@builds(spec.AveragePool1D, spec.AveragePool2D, spec.AveragePool3D)
class AveragePool(_Pool):
    """Averages each window, channel by channel; smooths where max pooling picks.

        y[p, c] = mean over t of x[S p + t - P, c]
        W2 = (W1 - F + 2P)/S + 1, rounded down;  D2 = D1

    The mean is over real values: neither padding nor padded steps are counted.

    Args:
        asked: size F, stride S (as the size where it is left open), padding P.
        site: x is (n, *space, channels), and y is (n, *places, channels).

    Raises:
        InputError: the window is larger than the padded input, or more than half of
            it may be padding.

    Example:
        >>> site = Site((4, 1), np.random.default_rng(0))
        >>> layer = AveragePool(spec.AveragePool1D(2), site)
        >>> layer(jnp.array([[[1.0], [3.0], [2.0], [5.0]]]), Context()).ravel().tolist()
        [2.0, 3.5]

    References:
        LeCun et al., 1998, "Gradient-based learning applied to document recognition"
        (there called subsampling).
    """

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return each window's mean."""
        y = ops.average_pool(only_real(x, context.lengths), **self._how())
        if context.lengths is None:
            return y
        real = jnp.broadcast_to(
            real_steps(x, context.lengths).astype(x.dtype), (*x.shape[:-1], 1)
        )
        share = ops.average_pool(real, **self._how())
        context.lengths = self.sliding.lengths(context.lengths)
        return only_real(y / jnp.where(share > 0, share, 1.0), context.lengths)


class _Global(Layer):
    """Puts an end to space: (n, *space, c) to (n, c)."""

    def __init__(self, asked: Any, site: Site) -> None:
        if len(site.input_shape) < 2:
            rule = f"the input of {asked.kind} has space, and channels last"
            fix = "Leave the layer out: the input is flat already."
            raise InputError(site.fault(rule, "input_shape", site.input_shape, fix))
        self.input_shape = site.input_shape
        self.output_shape = site.input_shape[-1:]

    @classmethod
    def largest_output(
        cls, asked: Any, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return (channels,)."""
        return input_shape[-1:]


@builds(spec.GlobalMaxPool)
class GlobalMaxPool(_Global):
    """Takes the largest value of each channel over all of space.

    Between convolutions and the output: did the feature occur anywhere? Of
    sequences only the real steps count.

        y[c] = max over p of x[p, c]

    Args:
        asked: nothing.
        site: x is (n, *space, channels), and y is (n, channels).

    Raises:
        InputError: the input is flat.

    Example:
        >>> layer = GlobalMaxPool(
        ...     spec.GlobalMaxPool(), Site((2, 1), np.random.default_rng(0)))
        >>> layer(jnp.array([[[1.0], [3.0]]]), Context()).tolist()
        [[3.0]]

    References:
        Oquab et al., 2015, "Is object localization for free?".
    """

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return each channel's largest value; 0 for a sequence without steps."""
        lengths, context.lengths = context.lengths, None
        y = ops.global_max_pool(only_real(x, lengths, fill=_LEAST))
        return y if lengths is None else jnp.where(lengths[:, None] > 0, y, 0.0)

    def about(self) -> About:
        """Say over how many places it looks."""
        return About(f"y[c] = max over {_places(self.input_shape)} places of x[p, c]")


@builds(spec.GlobalAveragePool)
class GlobalAveragePool(_Global):
    """Averages each channel over all of space.

    Between convolutions and the output: in place of a dense layer's many parameters,
    and for images of any size. Of sequences only the real steps count.

        y[c] = mean over p of x[p, c]

    Args:
        asked: nothing.
        site: x is (n, *space, channels), and y is (n, channels).

    Raises:
        InputError: the input is flat.

    Example:
        >>> layer = GlobalAveragePool(
        ...     spec.GlobalAveragePool(), Site((2, 1), np.random.default_rng(0)))
        >>> layer(jnp.array([[[1.0], [3.0]]]), Context()).tolist()
        [[2.0]]

    References:
        Lin, Chen and Yan, 2013, "Network in network".
    """

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return each channel's mean; 0 for a sequence without steps."""
        lengths, context.lengths = context.lengths, None
        y = ops.global_average_pool(only_real(x, lengths))
        if lengths is None:
            return y
        share = lengths.astype(x.dtype) / x.shape[1]
        return y / jnp.where(share > 0, share, 1.0)[:, None]

    def about(self) -> About:
        """Say over how many places it averages."""
        return About(f"y[c] = mean over {_places(self.input_shape)} places of x[p, c]")


def _places(shape: tuple[int, ...]) -> str:
    return "*".join(map(str, shape[:-1]))
