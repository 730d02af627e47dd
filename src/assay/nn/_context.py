"""The state of a forward pass, shared by all layers of a model."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike

from assay.nn._layer_names import is_picked
from assay.nn._masks import fold

__all__ = ["Applied", "Context"]


class Applied(NamedTuple):
    """A layer that was applied in a forward pass, with its input and output.

    Args:
        name: path of the layer, such as "residual1.conv1".
        layer: layer that was applied.
        inputs: input of the layer, (n, ...).
        outputs: output of the layer, (n, ...).
        lengths: number of real steps in each row of the output, (n,); None if all steps
            are real.
    """

    name: str
    layer: Callable[..., jax.Array]
    inputs: jax.Array
    outputs: jax.Array
    lengths: jax.Array | None


class Context:
    """The options of a forward pass and the values recorded during the pass.

    Args:
        training: whether dropout is active and batch normalization uses the batch's
            statistics.
        lengths: number of real steps in each sequence, integers (n,); None if all
            steps are real. Layers that change the number of steps update this field.
        mask: 1 for real rows and 0 for padding rows, (n,); None if all rows are real.
        key: random key; None if no layer draws random numbers.
        dtype: data type used for matrix products.
        perturbations: arrays to add to the recorded values with the same names. If an
            array is zero, the gradient with respect to it is the gradient with respect
            to the recorded value.
        recording: whether the pass records values and the layers it applies.
        first_row: index of the first row within the full batch. It ensures that a mask
            drawn for part of a batch equals the corresponding part of the full mask.
        freeze: patterns that match the paths of the frozen layers.

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
        self.applied: list[Applied] = []
        self._freeze = freeze
        self._key = key
        self._num_keys = 0
        self._path: tuple[str, ...] = ()
        self._perturbations = perturbations or {}
        self._recording = recording

    @property
    def frozen(self) -> bool:
        """Whether the current layer or a layer that contains it is frozen."""
        return bool(self._freeze) and is_picked(self._path, self._freeze)

    def freezes(self, name: str) -> bool:
        """Return whether the named inner layer of the current layer is frozen."""
        return bool(self._freeze) and is_picked((*self._path, name), self._freeze)

    @property
    def observed(self) -> bool:
        """Whether values are recorded or perturbed. If so, layers are not fused."""
        return self._recording or bool(self._perturbations)

    def new_key(self) -> jax.Array:
        """Derive a new random key from the pass's key and a counter."""
        if self._key is None:
            raise ValueError(
                "Layers that draw random numbers need Context(key=...) in training."
            )
        self._num_keys += 1
        return fold(self._key, self._num_keys)

    def run(
        self, name: str, layer: Callable[..., jax.Array], x: jax.Array
    ) -> jax.Array:
        """Apply a layer and record its output under its name.

        The layer's name is prefixed to the names of all values that the layer records.

        Example:
            >>> context = Context(recording=True)
            >>> inner = lambda x, context: context.record("half", x / 2) + 1
            >>> y = context.run("outer", inner, jnp.array([2.0]))
            >>> {name: value.tolist() for name, value in context.values.items()}
            {'outer.half': [1.0], 'outer': [2.0]}
        """
        self._path = (*self._path, name)
        y = layer(x, self)
        if self._recording:
            path = ".".join(self._path)
            self.applied.append(Applied(path, layer, x, y, self.lengths))
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
