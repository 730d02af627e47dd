"""Dropout."""

import jax
import jax.numpy as jnp

from assay import spec
from assay.nn._context import Context
from assay.nn._layer import Layer, Site, builds

__all__ = ["Dropout"]


@builds(spec.Dropout)
class Dropout(Layer):
    """In training, sets inputs to zero with probability `rate`.

    y = x m / (1 - rate), with m in {0, 1} and P(m = 1) = 1 - rate, so that the mean
    is preserved; outside of training y = x.

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
        mask = jax.random.uniform(context.draw(), x.shape) < kept
        return jnp.where(mask, x / kept, 0.0)
