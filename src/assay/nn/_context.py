"""What a layer may know of the pass it takes part in."""

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike

from assay.nn._masks import fold
from assay.nn._matching import is_picked

__all__ = ["Context"]


class Context:
    """One pass through a model.

    Args:
        training: whether dropout drops and normalization uses the batch's statistics.
        lengths: real steps of each sequence, whole numbers (n,); None where all steps
            are real. A layer that changes the number of steps sets what comes out.
        mask: 1 for a real row, 0 for one that only pads the batch, shape (n,); None
            when every row is real.
        key: random key of the pass; None when nothing random may happen.
        dtype: in which products of matrices are computed.
        perturbations: arrays added to the recorded values of the same names; the
            derivative by such a zero array is the gradient at that value.
        recording: whether `record` keeps the values it is given.
        first_row: where the rows stand in the batch of which they are a part, so that
            a mask drawn in parts is that of the whole.
        freeze: patterns of layers that are held as they are.

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
        self._num_draws = 0
        self._path: tuple[str, ...] = ()
        self._perturbations = perturbations or {}
        self._recording = recording

    @property
    def held(self) -> bool:
        """Whether the layer that is being run is held as it is, or is inside one."""
        return bool(self._freeze) and is_picked(self._path, self._freeze)

    def holds(self, name: str) -> bool:
        """Whether a layer of that name is held where the one stands that is run."""
        return bool(self._freeze) and is_picked((*self._path, name), self._freeze)

    @property
    def watched(self) -> bool:
        """Whether anybody asks for named values, or alters them."""
        return self._recording or bool(self._perturbations)

    def draw(self) -> jax.Array:
        """Return a fresh random key; the n-th draw of a pass is always the same."""
        if self._key is None:
            raise ValueError("a random layer in training needs Context(key=...)")
        self._num_draws += 1
        return fold(self._key, self._num_draws)

    def run(
        self, name: str, layer: Callable[..., jax.Array], x: jax.Array
    ) -> jax.Array:
        """Apply a layer and record what it gives; inside, names start with its own.

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
        """Note a named value and return it, so that it can be asked for."""
        name = ".".join([*self._path, name])
        if name in self._perturbations:
            value = value + self._perturbations[name]
        if self._recording:
            self.values[name] = value
        return value
