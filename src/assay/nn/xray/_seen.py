"""What every layer of one pass was given, and what it made of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike

from assay.nn._context import Context
from assay.nn._layer import Layer

__all__ = ["Seen", "Watching", "precision_of"]


@dataclass(eq=False)
class Seen:
    """One layer in one pass over a batch.

    Args:
        name: path of the layer.
        layer: as it was before the pass.
        x: what went in, (n, ...).
        y: what came out, (n, ...).
        lengths: real steps of each row as they went in, (n,); None if all are.
        lengths_out: the same as they came out.
        context: of the pass: training, mask, dtype, first_row.
        key: the random key the layer drew; None if it drew none.
        inner: the layers inside of it, by name.
    """

    name: str
    layer: Layer
    x: np.ndarray
    y: np.ndarray
    lengths: np.ndarray | None
    lengths_out: np.ndarray | None
    context: Context
    key: jax.Array | None
    inner: dict[str, "Seen"] = field(default_factory=dict)

    def values(self, name: str) -> np.ndarray:
        """Return a parameter, hyper-parameter or statistic of the layer, float64."""
        return np.asarray(getattr(self.layer, name)[...], np.float64)

    def weights(self, name: str) -> np.ndarray:
        """Return a kernel as products take it: rounded to the dtype of the pass."""
        return self._rounded(np.asarray(getattr(self.layer, name)[...]))

    def inputs(self, row: int, *, fill: float | None = 0.0) -> np.ndarray:
        """Return a row's input as products take it, its padded steps filled."""
        x = self._rounded(self.x[row])
        if fill is not None and self.lengths is not None:
            x[self.lengths[row] :] = fill
        return x

    def _rounded(self, array: np.ndarray) -> np.ndarray:
        if not np.issubdtype(array.dtype, np.floating):
            return array.astype(np.float64)
        return np.array(jnp.asarray(array).astype(self.context.dtype), np.float64)

    def num_steps(self, row: int) -> int:
        """Return how many steps of a row are real."""
        return self.x.shape[1] if self.lengths is None else int(self.lengths[row])

    def beyond(self, row: int, at: tuple[int, ...]) -> bool:
        """Tell whether a place of the output only pads a sequence."""
        return self.lengths_out is not None and at[0] >= self.lengths_out[row]


class Watching(Context):
    """A pass that keeps what every layer was given and gave.

    Args:
        keep: makes a layer that later statistics do not change.
        **how: as for `Context`.
    """

    def __init__(self, keep: Callable[[Layer], Layer], **how: Any) -> None:
        super().__init__(**how)
        self.seen: dict[str, Seen] = {}
        self._keep = keep
        self._last_key: jax.Array | None = None

    @property
    def watched(self) -> bool:
        """Every layer is to be seen by itself."""
        return True

    def draw(self) -> jax.Array:
        """Return a fresh key, and keep it for the layer that asked."""
        self._last_key = super().draw()
        return self._last_key

    def run(
        self, name: str, layer: Callable[..., jax.Array], x: jax.Array
    ) -> jax.Array:
        """Apply a layer, and keep what it was given and gave."""
        layer = cast(Layer, layer)  # what a model holds
        path = ".".join((*self._path, name))
        before = self.lengths, self._num_draws
        self.seen[path] = seen = Seen(  # inner layers come after the one around them
            path, self._keep(layer), np.asarray(x), np.empty(0), None, None, self, None
        )
        y = super().run(name, layer, x)
        seen.y = np.asarray(y)
        seen.lengths, seen.lengths_out = _array(before[0]), _array(self.lengths)
        seen.key = self._last_key if self._num_draws > before[1] else None
        seen.inner = {inside: self.seen[f"{path}.{inside}"] for inside in layer.inner()}
        return y


def _array(lengths: Any) -> np.ndarray | None:
    return None if lengths is None else np.asarray(lengths)


def precision_of(dtype: DTypeLike) -> float:
    """Return the spacing of numbers near 1."""
    return float(jnp.finfo(dtype).eps)
