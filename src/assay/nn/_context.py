"""What a layer may know of the pass through the model that it is part of."""

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
        training: whether dropout drops and normalization uses the batch's statistics.
        lengths: number of real steps of each sequence, whole numbers (n,); None if
            all steps are real. A layer that changes the number of steps updates it.
        mask: 1 for a real row, 0 for one that only pads the batch, shape (n,); None
            if every row is real.
        key: random key of the pass; None if no layer may draw random numbers.
        dtype: in which matrix products are computed.
        perturbations: arrays added to the recorded values of the same names; the
            derivative with respect to such an array of zeros is the gradient at that
            value.
        recording: whether `record` keeps the values it gets.
        first_row: position of the first row in the batch that these rows are part of,
            so that a mask drawn in parts equals the mask of the whole batch.
        freeze: patterns of frozen layers.

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
        """Whether the layer being run is frozen, or is inside a frozen one."""
        return bool(self._freeze) and is_picked(self._path, self._freeze)

    def freezes(self, name: str) -> bool:
        """Return whether a layer of this name, inside the one being run, is frozen."""
        return bool(self._freeze) and is_picked((*self._path, name), self._freeze)

    @property
    def observed(self) -> bool:
        """Whether named values are recorded or perturbed, so each must be computed."""
        return self._recording or bool(self._perturbations)

    def new_key(self) -> jax.Array:
        """Return a new random key; the n-th key of a pass is always the same."""
        if self._key is None:
            raise ValueError("A random layer in training needs Context(key=...).")
        self._num_keys += 1
        return fold(self._key, self._num_keys)

    def run(
        self, name: str, layer: Callable[..., jax.Array], x: jax.Array
    ) -> jax.Array:
        """Apply a layer and record its output; inside it, names start with its own.

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
        """Record a named value, and return it with its perturbation added."""
        name = ".".join([*self._path, name])
        if name in self._perturbations:
            value = value + self._perturbations[name]
        if self._recording:
            self.values[name] = value
        return value
