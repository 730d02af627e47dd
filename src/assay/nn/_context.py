"""What a layer may know of the pass it takes part in."""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike

__all__ = ["Context"]


class Context:
    """One pass through a model.

    Args:
        training: whether dropout drops and normalization uses the batch's statistics.
        mask: 1 for a real row, 0 for one that only pads the batch, shape (n,); None
            when every row is real.
        key: random key of the pass; None when nothing random may happen.
        dtype: in which products of matrices are computed.
        perturbations: arrays added to the recorded values of the same names; the
            derivative by such a zero array is the gradient at that value.
        recording: whether `record` keeps the values it is given.

    Example:
        >>> context = Context(recording=True)
        >>> y = context.record("dense1", jnp.array([0.5]))
        >>> context.values["dense1"].tolist()
        [0.5]
    """

    def __init__(
        self,
        *,
        training: bool = False,
        mask: jax.Array | None = None,
        key: jax.Array | None = None,
        dtype: DTypeLike = jnp.float32,
        perturbations: Mapping[str, jax.Array] | None = None,
        recording: bool = False,
    ) -> None:
        self.training = training
        self.mask = mask
        self.dtype = dtype
        self.values: dict[str, jax.Array] = {}
        self._key = key
        self._num_draws = 0
        self._perturbations = perturbations or {}
        self._recording = recording

    def draw(self) -> jax.Array:
        """Return a fresh random key; the n-th draw of a pass is always the same."""
        if self._key is None:
            raise ValueError("a random layer in training needs Context(key=...)")
        self._num_draws += 1
        return jax.random.fold_in(self._key, self._num_draws)

    def record(self, name: str, value: jax.Array) -> jax.Array:
        """Note a named value and return it, so that it can be asked for."""
        if name in self._perturbations:
            value = value + self._perturbations[name]
        if self._recording:
            self.values[name] = value
        return value
