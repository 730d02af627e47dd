"""Packs small parameters into one vector during training.

An optimizer needs only a few operations per parameter, but each array adds about a
microsecond to an iteration. Packing combines the biases and small kernels of a network
into one array.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from assay.training._arrays import Array, Tree, host_array
from assay.training._jax import (
    Path,
    tree_flatten,
    tree_leaves,
    tree_paths,
    tree_unflatten,
)

__all__ = ["Packed", "Packing"]

_LARGEST_PACKED = 8192  # copying larger arrays takes more time than it saves

Vector = Float[Array, " numbers"]
Item = TypeVar("Item")


class Packed(NamedTuple):
    """Parameters, or arrays of the same shapes, in the form used during training.

    Args:
        arrays: arrays too large to pack, in the order of the tree; None for omitted
            arrays, such as the gradients of frozen parameters.
        vector: all other arrays, concatenated; None if no array is packed.
    """

    arrays: list[Array | None]
    vector: Vector | None


class Packing:
    """Maps a tree of parameters to one vector and a list of arrays too large to pack.

    Args:
        template: nested mapping of arrays with the shapes of the parameters.
        elementwise: whether the optimizer updates each number independently. An
            optimizer that uses whole arrays, such as LAMB, does not allow packing.
    """

    def __init__(self, template: Tree, *, elementwise: bool) -> None:
        leaves, self._tree = tree_flatten(template)
        self._paths = tree_paths(template)
        self._shapes: list[tuple[int, ...]] = [leaf.shape for leaf in leaves]
        sizes = [int(np.prod(shape)) for shape in self._shapes]
        small = [elementwise and size <= _LARGEST_PACKED for size in sizes]
        # packing a single array has no benefit
        self._small = small if sum(small) > 1 else [False] * len(small)
        ends = np.cumsum(self._select(sizes, small=True))
        self._cuts = [int(end) for end in ends[:-1]]

    def pack(self, tree: Tree) -> Packed:
        """Pack a tree with the structure of the template."""
        leaves = tree_leaves(tree)
        on_host = all(isinstance(leaf, np.ndarray) for leaf in leaves)
        small = [leaf.reshape(-1) for leaf in self._select(leaves, small=True)]
        return Packed(
            [*self._select(leaves, small=False)],
            _join(small, on_host=on_host) if small else None,
        )

    def marks(self, is_marked: Callable[[Path], bool]) -> Packed:
        """Return packed marks: 1 for arrays with a marked path, 0 for all others.

        A single number represents an array that is too large to pack.
        """
        marks = [host_array(np.float32(is_marked(path))) for path in self._paths]
        spread = [
            host_array(np.full(int(np.prod(shape)), mark))
            for mark, shape in zip(marks, self._shapes, strict=True)
        ]
        small = self._select(spread, small=True)
        return Packed(
            [*self._select(marks, small=False)],
            _join(small, on_host=True) if small else None,
        )

    def unpack(self, packed: Packed) -> Tree:
        """Return the original tree."""
        small = iter(() if packed.vector is None else self._split(packed.vector))
        large = iter(packed.arrays)
        leaves = [next(small) if is_small else next(large) for is_small in self._small]
        return tree_unflatten(self._tree, leaves)

    def _split(self, vector: Vector) -> list[Array]:
        """Split a vector into the arrays that were packed."""
        split: Any = np.split if isinstance(vector, np.ndarray) else jnp.split
        pieces: list[Array] = split(vector, self._cuts)
        shapes = self._select(self._shapes, small=True)
        return [p.reshape(shape) for p, shape in zip(pieces, shapes, strict=True)]

    def _select(self, items: list[Item], *, small: bool) -> list[Item]:
        """Select the items for either the small or the large arrays, in order."""
        pairs = zip(items, self._small, strict=True)
        return [item for item, is_small in pairs if is_small == small]


def _join(arrays: list[Array], *, on_host: bool) -> Vector:
    join: Any = np.concatenate if on_host else jnp.concatenate
    return join(arrays)
