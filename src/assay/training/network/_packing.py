"""Small parameters kept in one vector while training.

An optimizer's update is a few numbers of work for each parameter, but each array costs
the compiled loop about a microsecond. Packed, the biases and small kernels of a net
are updated as one array.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay.extension import available, call, differentiable

__all__ = ["Packing"]

_LARGEST_PACKED = 8192  # numbers; above it the copy costs more than the loop saves


class Packing:
    """Maps a tree of parameters to one vector and the arrays too large for it.

    Args:
        template: nested mapping of arrays whose shapes are those to be packed.
        elementwise: whether the optimizer treats each number alike; one that looks at
            whole arrays (LAMB) forbids packing.
    """

    def __init__(self, template: Mapping[str, Any], *, elementwise: bool) -> None:
        leaves, self._tree = jax.tree.flatten(template)
        self._paths = [p for p, _ in jax.tree_util.tree_leaves_with_path(template)]
        self._shapes = [np.shape(leaf) for leaf in leaves]
        sizes = [int(np.prod(shape)) for shape in self._shapes]
        small = [elementwise and size <= _LARGEST_PACKED for size in sizes]
        self._small = small if sum(small) > 1 else [False] * len(small)
        ends = np.cumsum(
            [s for s, packed in zip(sizes, self._small, strict=True) if packed]
        )
        self._cuts = [int(end) for end in ends[:-1]]

    def pack(self, tree: Mapping[str, Any]) -> dict[str, Any]:
        """Return {"vector": …, "arrays": […]} for a tree like the template."""
        leaves = jax.tree.leaves(tree)
        numpy = all(isinstance(leaf, np.ndarray) for leaf in leaves)
        small = [leaf.reshape(-1) for leaf in self._those(leaves, small=True)]
        packed: dict[str, Any] = {"arrays": self._those(leaves, small=False)}
        if small:
            packed["vector"] = (np if numpy else jnp).concatenate(small)
        return packed

    def marks(self, holds: Callable[[tuple[Any, ...]], bool]) -> dict[str, Any]:
        """Return 1 where a number belongs to a leaf whose path holds, packed.

        An array that is not packed is told by a single number.
        """
        told = [np.float32(holds(path)) for path in self._paths]
        packed: dict[str, Any] = {"arrays": self._those(told, small=False)}
        parts = zip(told, self._shapes, strict=True)
        spread = [np.full(int(np.prod(shape)), mark) for mark, shape in parts]
        if small := self._those(spread, small=True):
            packed["vector"] = np.concatenate(small)
        return packed

    def unpack(self, packed: Mapping[str, Any]) -> Any:
        """Return the tree that was packed."""
        parts = iter(self._cut(packed["vector"]) if "vector" in packed else ())
        arrays = iter(packed["arrays"])
        leaves = [next(parts) if small else next(arrays) for small in self._small]
        return jax.tree.unflatten(self._tree, leaves)

    def _cut(self, vector: Any) -> list[Any]:
        """Return the small arrays of which a vector is made."""
        if isinstance(vector, np.ndarray) or not available(vector):
            return self._cut_plainly(vector)
        shapes = self._those(self._shapes, small=True)

        def forward(vector: jax.Array, fixed: Any) -> tuple[list[jax.Array], Any]:
            return call("assay_split", shapes, vector, mapped="broadcast_all"), ()

        cut = differentiable(
            forward,
            lambda *given: jnp.concatenate([g.reshape(-1) for g in given[-1]]),
            lambda vector, fixed: self._cut_plainly(vector),
        )
        return cut(vector, ())

    def _cut_plainly(self, vector: Any) -> list[Any]:
        split = np.split if isinstance(vector, np.ndarray) else jnp.split
        shapes = self._those(self._shapes, small=True)
        parts = zip(split(vector, self._cuts), shapes, strict=True)
        return [part.reshape(shape) for part, shape in parts]

    def _those(self, leaves: list[Any], *, small: bool) -> list[Any]:
        pairs = zip(leaves, self._small, strict=True)
        return [leaf for leaf, is_small in pairs if is_small == small]
