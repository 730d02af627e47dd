"""Dropout, of single numbers and of whole channels."""

import math

import jax
import jax.numpy as jnp

from assay import spec
from assay.nn._context import Context
from assay.nn._layer import About, Layer, Site, builds
from assay.nn._masks import keep_mask
from assay.nn.ops import Dropped

__all__ = ["Dropout", "SpatialDropout"]


@builds(spec.Dropout)
class Dropout(Layer):
    """In training, sets inputs to zero with probability `rate`.

    For nets that fit the noise: no unit can rely on another one being there. The mean
    is preserved; outside of training y = x.

        y = x m / (1 - rate),  m in {0, 1},  P(m = 1) = 1 - rate

    Args:
        asked: rate in [0, 1), the share that is dropped.
        site: x and y have one shape, (n, ...).

    Example:
        >>> import numpy as np
        >>> layer = Dropout(spec.Dropout(0.5), Site((4,), np.random.default_rng(0)))
        >>> y = layer(jnp.ones((2, 4)), Context(training=True, key=jax.random.key(0)))
        >>> sorted(set(y.ravel().tolist()))
        [0.0, 2.0]
        >>> bool((layer(y, Context()) == y).all())
        True

    References:
        Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks
        from overfitting".
    """

    draws = True

    def __init__(self, asked: spec.Dropout | spec.SpatialDropout, site: Site) -> None:
        self.hold({"rate": asked.rate})  # type: ignore[dict-item]
        self.output_shape = site.input_shape

    def _mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the mask: each decision is for one number."""
        return shape

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x with a share of it dropped, in training."""
        if not context.training:
            return x
        kept = 1.0 - self.rate[...]  # type: ignore[attr-defined]
        shape = self._mask_shape(x.shape)
        mask = keep_mask(context.draw(), shape, kept, first_row=context.first_row)
        return jnp.where(mask, x / kept, 0.0)

    def draw(self, shape: tuple[int, ...], context: Context) -> Dropped:
        """Return what is dropped of values of a shape, for whoever drops it."""
        key, first_row = context.draw(), jnp.uint32(context.first_row)
        return Dropped(
            jax.random.key_data(key),
            first_row * jnp.uint32(math.prod(shape[1:])),
            1.0 - self.rate[...],  # type: ignore[attr-defined]
        )

    def about(self) -> About:
        """Say what is dropped."""
        rate = float(self.rate[...])  # type: ignore[attr-defined]
        return About(f"in training y = x m / (1 - {rate:g}), else y = x")


@builds(spec.SpatialDropout)
class SpatialDropout(Dropout):
    """In training, sets whole channels to zero with probability `rate`.

    After convolutions: neighbors in space hold much the same, so that dropping single
    numbers takes little away. The mean is preserved; outside of training y = x.

        y[p, c] = x[p, c] m[c] / (1 - rate),  m in {0, 1},  P(m = 1) = 1 - rate

    Args:
        asked: rate in [0, 1), the share of channels that is dropped.
        site: x and y have one shape, (n, *space, channels).

    Example:
        >>> import numpy as np
        >>> site = Site((2, 3), np.random.default_rng(0))
        >>> layer = SpatialDropout(spec.SpatialDropout(0.5), site)
        >>> context = Context(training=True, key=jax.random.key(0))
        >>> y = layer(jnp.ones((1, 2, 3)), context)
        >>> bool((y[:, 0] == y[:, 1]).all())
        True

    References:
        Tompson et al., 2015, "Efficient object localization using convolutional
        networks".
    """

    def _mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (shape[0], *[1] * (len(shape) - 2), shape[-1])
