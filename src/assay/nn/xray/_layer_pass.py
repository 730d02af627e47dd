"""Records the inputs and outputs of all layers in a forward pass."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike, DTypeLike

from assay.nn._context import Context
from assay.nn._layer import Layer

__all__ = ["LayerPass", "RecordingContext", "precision_of"]


@dataclass(eq=False)
class LayerPass:
    """The input, output and context of a layer in a forward pass.

    Args:
        name: path of the layer.
        layer: copy of the layer, made before the pass.
        x: the input, (n, ...).
        y: the output, (n, ...).
        lengths: number of real input steps in each row, (n,); None if all are real.
        lengths_out: number of real output steps in each row, (n,); None if all are
            real.
        context: context of the pass, with training, mask, dtype and first_row.
        key: random key of the layer; None if it drew no random numbers.
        frozen: whether the layer is frozen.
        inner: the passes of the inner layers, keyed by name.
    """

    name: str
    layer: Layer
    x: np.ndarray
    y: np.ndarray
    lengths: np.ndarray | None
    lengths_out: np.ndarray | None
    context: Context
    key: jax.Array | None
    frozen: bool = False
    inner: dict[str, "LayerPass"] = field(default_factory=dict)

    def values(self, name: str) -> np.ndarray:
        """Return a parameter, hyperparameter or statistic of the layer in float64."""
        return np.asarray(getattr(self.layer, name)[...], np.float64)

    def weights(self, name: str) -> np.ndarray:
        """Return a kernel, rounded to the dtype used for matrix products."""
        return self._rounded(np.asarray(getattr(self.layer, name)[...]))

    def inputs(self, row: int, *, fill: float | None = 0.0) -> np.ndarray:
        """Return a row of the input after rounding it and filling the padded steps."""
        x = self._rounded(self.x[row])
        if fill is not None and self.lengths is not None:
            x[self.lengths[row] :] = fill
        return x

    def _rounded(self, array: np.ndarray) -> np.ndarray:
        if np.issubdtype(array.dtype, np.floating):
            array = array.astype(jnp.dtype(self.context.dtype))
        return array.astype(np.float64)

    def num_steps(self, row: int) -> int:
        """Return the number of real steps in a row."""
        return self.x.shape[1] if self.lengths is None else int(self.lengths[row])

    def is_padding(self, row: int, at: tuple[int, ...]) -> bool:
        """Return whether a position in the output belongs to a padded step."""
        return self.lengths_out is not None and at[0] >= self.lengths_out[row]


class RecordingContext(Context):
    """A context that records the input and output of every layer.

    Args:
        copy: function that copies a layer. A copy is needed because a training pass
            changes the layer's running statistics.
        **options: options of `Context`.
    """

    def __init__(self, copy: Callable[[Layer], Layer], **options: Any) -> None:
        super().__init__(**options)
        self.passes: dict[str, LayerPass] = {}
        self._copy = copy
        self._last_key: jax.Array | None = None

    @property
    def observed(self) -> bool:
        """Always True, because every layer must run separately."""
        return True

    def new_key(self) -> jax.Array:
        """Return a new key and store it for the layer that requests it."""
        self._last_key = super().new_key()
        return self._last_key

    def run(
        self, name: str, layer: Callable[..., jax.Array], x: jax.Array
    ) -> jax.Array:
        """Apply a layer and record its input and output."""
        layer = cast(Layer, layer)  # all callables in a model are layers
        path = ".".join((*self._path, name))
        lengths, num_keys = self.lengths, self._num_keys
        # This entry is added before the pass, so that the entries of inner layers
        # follow it.
        layer_pass = self.passes[path] = LayerPass(
            path, self._copy(layer), np.asarray(x), np.empty(0), None, None, self, None
        )
        y = super().run(name, layer, x)
        layer_pass.y = np.asarray(y)
        layer_pass.frozen = self.freezes(name)
        layer_pass.lengths = _as_array(lengths)
        layer_pass.lengths_out = _as_array(self.lengths)
        layer_pass.key = self._last_key if self._num_keys > num_keys else None
        layer_pass.inner = {
            inside: self.passes[f"{path}.{inside}"] for inside in layer.inner_layers()
        }
        return y


def _as_array(lengths: ArrayLike | None) -> np.ndarray | None:
    return None if lengths is None else np.asarray(lengths)


def precision_of(dtype: DTypeLike) -> float:
    """Return the spacing between adjacent numbers near 1 for a data type."""
    return float(jnp.finfo(dtype).eps)
