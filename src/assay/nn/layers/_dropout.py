"""Dropout layers for individual values and whole channels."""

import math

import jax
import jax.numpy as jnp

from assay import spec
from assay.nn._context import Context
from assay.nn._layer import (
    Description,
    Hyperparameter,
    Layer,
    builds,
)
from assay.nn._masks import keep_mask
from assay.nn.ops import Dropped

__all__ = ["Dropout", "SpatialDropout"]


@builds(spec.Dropout)
class Dropout(Layer):
    """Sets inputs to zero with probability `rate` during training and scales the rest.

        y = x m / (1 - rate),  m in {0, 1},  P(m = 1) = 1 - rate

    Args:
        layer_spec: rate in [0, 1).
        context: build context; x and y have the same shape, (n, ...).

    Example:
        >>> import numpy as np
        >>> from assay.nn import BuildContext
        >>> context = BuildContext((4,), np.random.default_rng(0))
        >>> layer = Dropout(spec.Dropout(0.5), context)
        >>> y = layer(jnp.ones((2, 4)), Context(training=True, key=jax.random.key(0)))
        >>> sorted(set(y.ravel().tolist()))
        [0.0, 2.0]
        >>> bool((layer(y, Context()) == y).all())
        True
    """

    stochastic = True
    rate: Hyperparameter

    def mask(
        self,
        key: jax.Array,
        shape: tuple[int, ...],
        *,
        first_row: jax.Array | int = 0,
    ) -> jax.Array:
        """Return a mask of the kept values, which broadcasts to (n, ...)."""
        kept = 1.0 - self.rate[...]
        return keep_mask(key, self._mask_shape(shape), kept, first_row=first_row)

    def _mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the mask, which has one entry per value."""
        return shape

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x, with random values dropped during training."""
        if not context.training:
            return x
        mask = self.mask(context.new_key(), x.shape, first_row=context.first_row)
        return jnp.where(mask, x / (1.0 - self.rate[...]), 0.0)

    def dropped(self, shape: tuple[int, ...], context: Context) -> Dropped:
        """Return the arguments for an operation that includes dropout."""
        key, first_row = context.new_key(), jnp.uint32(context.first_row)
        return Dropped(
            jax.random.key_data(key),
            first_row * jnp.uint32(math.prod(shape[1:])),
            1.0 - self.rate[...],
        )

    def describe(self) -> Description:
        """Return the formula with the rate filled in."""
        rate = float(self.rate[...])
        return Description(f"y = x m / (1 - {rate:g}) in training, else y = x")


@builds(spec.SpatialDropout)
class SpatialDropout(Dropout):
    """Sets whole channels to zero with probability `rate` during training.

        y[p, c] = x[p, c] m[c] / (1 - rate),  m in {0, 1},  P(m = 1) = 1 - rate

    Args:
        layer_spec: rate in [0, 1).
        context: build context; x and y have the same shape, (n, *space, channels).

    Example:
        >>> import numpy as np
        >>> from assay.nn import BuildContext
        >>> context = BuildContext((2, 3), np.random.default_rng(0))
        >>> layer = SpatialDropout(spec.SpatialDropout(0.5), context)
        >>> in_training = Context(training=True, key=jax.random.key(0))
        >>> y = layer(jnp.ones((1, 2, 3)), in_training)
        >>> bool((y[:, 0] == y[:, 1]).all())
        True
    """

    def _mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (shape[0], *[1] * (len(shape) - 2), shape[-1])
