"""Dropout."""

import jax
import jax.numpy as jnp

from assay import spec
from assay.nn._context import Context
from assay.nn._layer import Layer, Site, builds
from assay.nn._masks import keep_mask

__all__ = ["Dropout"]


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

    def __init__(self, asked: spec.Dropout, site: Site) -> None:
        self.hold({"rate": asked.rate})  # type: ignore[dict-item]
        self.output_shape = site.input_shape

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x with a share of it dropped, in training."""
        if not context.training:
            return x
        kept = 1.0 - self.rate[...]  # type: ignore[attr-defined]
        mask = keep_mask(context.draw(), x.shape, kept)
        return jnp.where(mask, x / kept, 0.0)
