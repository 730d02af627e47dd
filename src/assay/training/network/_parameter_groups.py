"""Parameters that are frozen or have their own learning rate.

Each parameter has a learning-rate multiplier, which is 0 for frozen parameters. Frozen
parameters are also excluded from the gradient, so backpropagation ends at the first
layer that learns.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp

from assay._errors import Faults, did_you_mean, fault
from assay.nn import is_picked
from assay.training._arrays import Array, Scalar, Tree
from assay.training._jax import Path, tree_map, tree_map_with_path, tree_paths
from assay.training.network._packing import Packed, Packing

__all__ = ["Groups", "unknown_layer"]

_MOST_SHOWN = 12  # maximum number of layers listed in a message


class Groups:
    """The parameters of a network that are frozen or have learning-rate multipliers.

    Args:
        freeze: patterns that select the frozen layers.
        patterns: patterns that select layers with a learning-rate multiplier; if
            several match, the product of their multipliers is used.
        parameters: nested by layer and name.
        packing: packing of the parameters.
        layers: names of all layers, including those without parameters.

    Raises:
        InputError: a pattern matches no layer, or every parameter is frozen.
    """

    def __init__(
        self,
        freeze: Sequence[str],
        patterns: Iterable[str],
        parameters: Tree,
        *,
        packing: Packing,
        layers: Iterable[str],
    ) -> None:
        self.freeze = tuple(freeze)
        self.patterns = tuple(patterns)
        self._check(parameters, layers)
        self._learns = packing.marks(lambda path: not self.is_frozen(path))
        self._matches = {
            pattern: packing.marks(_matcher(pattern)) for pattern in self.patterns
        }

    def _check(self, parameters: Tree, layers: Iterable[str]) -> None:
        names = [_names(path) for path in tree_paths(parameters)]
        known = dict.fromkeys([*layers, *(".".join(n[:-1]) for n in names)])
        faults, everything = Faults(), [*names, *([layer] for layer in known)]
        patterns = [(f"freeze[{i}]", p) for i, p in enumerate(self.freeze)]
        patterns += [("learning_rate_of", p) for p in self.patterns]
        for field, pattern in patterns:
            if not any(is_picked(path, [pattern]) for path in everything):
                faults.add(unknown_layer(field, pattern, known))
        if not faults.messages and all(is_picked(n, self.freeze) for n in names):
            rule, fix = "num_learning_parameters >= 1", "Remove at least one pattern."
            faults.add(fault(rule, "freeze", list(self.freeze), fix))
        faults.raise_if_any()

    @property
    def uniform(self) -> bool:
        """Whether all parameters have the same learning rate."""
        return not self.freeze and not self.patterns

    def is_frozen(self, path: Path) -> bool:
        """Return whether the array at a path is frozen."""
        return is_picked(_names(path), self.freeze)

    def stop_gradients(self, parameters: Tree) -> Tree:
        """Stop the gradients of frozen parameters and return all parameters."""
        if not self.freeze:
            return parameters
        return tree_map_with_path(
            lambda path, leaf: (
                jax.lax.stop_gradient(leaf) if self.is_frozen(path) else leaf
            ),
            parameters,
        )

    def keep_frozen(self, old: Tree, new: Tree) -> Tree:
        """Return the new running statistics, but the old ones for frozen layers."""
        if not self.freeze:
            return new
        return tree_map_with_path(
            lambda path, after, before: before if self.is_frozen(path) else after,
            new,
            old,
        )

    def learning(self, packed: Packed) -> Packed:
        """Return the packed arrays, with frozen ones replaced by None."""
        if not self.freeze:
            return packed
        pairs = zip(packed.arrays, self._learns.arrays, strict=True)
        return packed._replace(arrays=[a if learns else None for a, learns in pairs])

    def update(
        self,
        packed: Packed,
        direction: Packed,
        rate: Scalar,
        factors: Mapping[str, Scalar],
    ) -> Packed:
        """Return the packed parameters after an update.

        Args:
            packed: packed parameters.
            direction: direction of the update, packed like the result of `learning`.
            rate: learning rate.
            factors: learning-rate multipliers, keyed by pattern.
        """
        if self.uniform:
            return tree_map(lambda p, d: p - rate * d, packed, direction)

        def moved(
            p: Array | None,
            learns: Array | None,
            d: Array | None,
            *matches: Any,
        ) -> Array | None:
            if p is None or learns is None or d is None:  # frozen, or no vector exists
                return p
            pairs = zip(matches, (factors[p] for p in self.patterns), strict=True)
            each = [jnp.where(match, factor, 1.0) for match, factor in pairs]
            step = reduce(jnp.multiply, each, rate) * d
            return jnp.where(learns, p - step, p)

        matches = [self._matches[pattern] for pattern in self.patterns]
        return jax.tree.map(
            moved,
            packed,
            self._learns,
            direction,
            *matches,
            is_leaf=lambda x: x is None,
        )


def unknown_layer(field: str, pattern: str, known: Mapping[str, object]) -> str:
    """Return the error message for a pattern that matches no known layer."""
    kinds = dict.fromkeys(f"{name.rstrip('0123456789')}*" for name in known)
    near = did_you_mean(pattern, [*known, *(k for k in kinds if "*" in pattern)])
    shown = ", ".join([*known][:_MOST_SHOWN])
    more = f" and {len(known) - _MOST_SHOWN} more" * (len(known) > _MOST_SHOWN)
    fix = f"Layers: {shown}{more}.{near}"
    return fault(f"{field.partition('[')[0]} in layers", field, pattern, fix)


def _matcher(pattern: str) -> Callable[[Path], bool]:
    return lambda path: is_picked(_names(path), [pattern])


def _names(path: Path) -> list[str]:
    return [str(getattr(entry, "key", entry)) for entry in path]
