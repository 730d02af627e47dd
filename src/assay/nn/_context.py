"""What a layer knows about the current pass through the model."""

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike

from assay.nn._layer_names import is_picked
from assay.nn._masks import fold

__all__ = ["Context"]


class Context:
    """One pass through a model.

    Args:
        training: whether dropout is active and normalization uses batch statistics.
        lengths: number of real steps in each sequence, integers (n,); None if all
            steps are real. A layer that changes the number of steps updates it.
        mask: 1 for a real row and 0 for a row that only pads the batch, (n,); None if
            every row is real.
        key: random key of the pass; None if no layer draws random numbers.
        dtype: type in which matrix products are computed.
        perturbations: arrays to add to the recorded values with the same names;
            differentiating with respect to an array of zeros gives the gradient at
            that value.
        recording: whether `record` stores the values passed to it.
        first_row: position of the first row within the full batch, so that a mask
            drawn in parts equals the mask of the full batch.
        freeze: patterns that match the frozen layers.

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
        lengths: jax.Array | None = None,
        mask: jax.Array | None = None,
        key: jax.Array | None = None,
        dtype: DTypeLike = jnp.float32,
        perturbations: Mapping[str, jax.Array] | None = None,
        recording: bool = False,
        first_row: jax.Array | int = 0,
        freeze: tuple[str, ...] = (),
    ) -> None:
        self.training = training
        self.lengths = lengths
        self.mask = mask
        self.dtype = dtype
        self.first_row = first_row
        self.values: dict[str, jax.Array] = {}
        self._freeze = freeze
        self._key = key
        self._num_keys = 0
        self._path: tuple[str, ...] = ()
        self._perturbations = perturbations or {}
        self._recording = recording

    @property
    def frozen(self) -> bool:
        """Whether the layer being run is frozen or lies inside a frozen one."""
        return bool(self._freeze) and is_picked(self._path, self._freeze)

    def freezes(self, name: str) -> bool:
        """Return whether the layer with this name inside the current one is frozen."""
        return bool(self._freeze) and is_picked((*self._path, name), self._freeze)

    @property
    def observed(self) -> bool:
        """Whether named values are recorded or perturbed, so each must be computed."""
        return self._recording or bool(self._perturbations)

    def new_key(self) -> jax.Array:
        """Return a new random key; the n-th key of a pass is always the same."""
        if self._key is None:
            raise ValueError("A random layer needs Context(key=...) in training.")
        self._num_keys += 1
        return fold(self._key, self._num_keys)

    def run(
        self, name: str, layer: Callable[..., jax.Array], x: jax.Array
    ) -> jax.Array:
        """Apply a layer and record its output; its name prefixes the names inside it.

        Example:
            >>> context = Context(recording=True)
            >>> inner = lambda x, context: context.record("half", x / 2) + 1
            >>> y = context.run("outer", inner, jnp.array([2.0]))
            >>> {name: value.tolist() for name, value in context.values.items()}
            {'outer.half': [1.0], 'outer': [2.0]}
        """
        self._path = (*self._path, name)
        y = layer(x, self)
        self._path = self._path[:-1]
        return self.record(name, y)

    def record(self, name: str, value: jax.Array) -> jax.Array:
        """Record a named value and return it with its perturbation added."""
        name = ".".join([*self._path, name])
        if name in self._perturbations:
            value = value + self._perturbations[name]
        if self._recording:
            self.values[name] = value
        return value
