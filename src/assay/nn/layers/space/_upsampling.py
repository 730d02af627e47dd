"""Upsampling by integer factors, using repetition or linear interpolation."""

import jax
import jax.numpy as jnp

from assay import spec
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds
from assay.nn._window_geometry import AXIS_LETTERS, check_rank, one_per_axis

__all__ = ["Upsampling"]


@builds(spec.Upsampling)
class Upsampling(Layer):
    """Enlarges the input by integer factors.

        y[p, c] = x at (p + 1/2)/S - 1/2;  W2 = S W1,  D2 = D1

    "nearest" repeats each row S times. "linear" interpolates between the centers of
    neighboring rows, one axis at a time, and repeats the outermost values. In
    sequences, the last real step is treated as the outermost row.

    Args:
        layer_spec: factor S and interpolation.
        context: build context; x is (n, *space, channels), and y is (n, *S space,
            channels).

    Raises:
        InputError: the input has the wrong number of axes.

    Example:
        >>> import numpy as np
        >>> context = BuildContext((2, 1), np.random.default_rng(0))
        >>> layer = Upsampling(spec.Upsampling1D(2, "linear"), context)
        >>> layer(jnp.array([[[0.0], [4.0]]]), Context()).ravel().tolist()
        [0.0, 1.0, 3.0, 4.0]
    """

    def __init__(self, layer_spec: spec.Upsampling, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        check_rank(layer_spec, context)
        self.factor = one_per_axis(layer_spec.factor, layer_spec.rank)
        self.linear = layer_spec.interpolation == "linear"
        *space, channels = context.input_shape
        sizes = (w * s for w, s in zip(space, self.factor, strict=True))
        self.output_shape = (*sizes, channels)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the enlarged input."""
        if context.lengths is not None:
            if self.linear:
                x = _repeat_last_step(x, context.lengths)
            context.lengths = context.lengths * self.factor[0]
        for axis, factor in enumerate(self.factor, start=1):
            x = _enlarge(x, axis, factor, linear=self.linear)
        return x

    def describe(self) -> Description:
        """Return the calculation of the output size."""
        axes = zip(
            AXIS_LETTERS[len(self.factor)],
            self.input_shape,
            self.factor,
            strict=False,
        )
        return Description(
            ", ".join(f"{name}2 = {w}*{s} = {w * s}" for name, w, s in axes)
        )

    @classmethod
    def largest_output(
        cls, layer_spec: spec.Upsampling, input_shape: tuple[int, ...]
    ) -> None:
        """Return None, because upsampling supports only inputs of the expected rank."""
        return None


def _repeat_last_step(x: jax.Array, lengths: jax.Array) -> jax.Array:
    """Fill padded steps with the last real step of each row."""
    step = jnp.arange(x.shape[1])[None]
    source = jnp.clip(step, 0, jnp.maximum(lengths - 1, 0)[:, None])
    source = source.reshape(*source.shape, *[1] * (x.ndim - 2))
    return jnp.take_along_axis(x, source, axis=1)


def _enlarge(x: jax.Array, axis: int, factor: int, *, linear: bool) -> jax.Array:
    """Enlarge one axis by a factor.

    Each row becomes `factor` rows. The interpolation weights are the same for all rows,
    so slicing is sufficient and no gather is needed.
    """
    if factor == 1:
        return x
    size = x.shape[axis]
    before = jnp.concatenate([_rows(x, axis, 0, 1), _rows(x, axis, 0, size - 1)], axis)
    after = jnp.concatenate(
        [_rows(x, axis, 1, size), _rows(x, axis, size - 1, size)], axis
    )
    parts = []
    for place in range(factor):
        distance = (place + 0.5) / factor - 0.5 if linear else 0.0
        neighbor = before if distance < 0 else after
        part = x if distance == 0 else x + abs(distance) * (neighbor - x)
        parts.append(part)
    shape = (*x.shape[:axis], size * factor, *x.shape[axis + 1 :])
    return jnp.stack(parts, axis + 1).reshape(shape)


def _rows(x: jax.Array, axis: int, start: int, stop: int) -> jax.Array:
    return jax.lax.slice_in_dim(x, start, stop, axis=axis)
