"""Parameters that are held, or that learn at a rate of their own.

One mechanism for both: each number has a factor of the learning rate, which is 0 for
those that are held. What is held takes no part in the gradient either, so the program
does not go back further than the first layer that learns.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp

from assay._errors import Faults, did_you_mean, fault
from assay.nn import is_picked
from assay.training.network._packing import Packing

__all__ = ["Groups", "unknown_layer"]

_MOST_SHOWN = 12


class Groups:
    """Which parameters of a model are held, and which have factors.

    Args:
        freeze: patterns of what is held.
        patterns: of what has a factor; where several match they are multiplied.
        parameters: nested by layer and name.
        packing: of the parameters.
        layers: names of layers, also of those that learn nothing.

    Raises:
        InputError: a pattern matches no layer, or nothing is left to learn.
    """

    def __init__(
        self,
        freeze: Sequence[str],
        patterns: Iterable[str],
        parameters: Any,
        *,
        packing: Packing,
        layers: Iterable[str],
    ) -> None:
        self.freeze = tuple(freeze)
        self.patterns = tuple(patterns)
        self._check(parameters, layers)
        self._free = packing.marks(lambda path: not self.holds(path))
        self._marks = {
            pattern: packing.marks(lambda path, p=pattern: is_picked(_names(path), [p]))
            for pattern in self.patterns
        }

    def _check(self, parameters: Any, layers: Iterable[str]) -> None:
        paths = [p for p, _ in jax.tree_util.tree_leaves_with_path(parameters)]
        names = [_names(path) for path in paths]
        known = dict.fromkeys([*layers, *(".".join(n[:-1]) for n in names)])
        faults, everything = Faults(), [*names, *([layer] for layer in known)]
        asked = [(f"freeze[{i}]", p) for i, p in enumerate(self.freeze)]
        asked += [("learning_rate_of", p) for p in self.patterns]
        for field, pattern in asked:
            if not any(is_picked(path, [pattern]) for path in everything):
                faults.add(unknown_layer(field, pattern, known))
        if not faults.messages and all(is_picked(n, self.freeze) for n in names):
            rule, fix = "a parameter is left to learn", "Leave out a pattern."
            faults.add(fault(rule, "freeze", list(self.freeze), fix))
        faults.raise_if_any()

    @property
    def alike(self) -> bool:
        """Whether all parameters learn at one rate."""
        return not self.freeze and not self.patterns

    def holds(self, path: tuple[Any, ...]) -> bool:
        """Tell whether what a tree holds at a path never changes."""
        return is_picked(_names(path), self.freeze)

    def stop(self, parameters: Any) -> Any:
        """Return parameters, nested, through which no gradient goes where held."""
        return self._where_held(jax.lax.stop_gradient, parameters)

    def keep(self, old: Any, new: Any) -> Any:
        """Return new running statistics, but the old ones where held."""
        return self._where_held(lambda _, kept: kept, new, old)

    def _where_held(self, change: Any, tree: Any, *others: Any) -> Any:
        if not self.freeze:
            return tree
        return jax.tree_util.tree_map_with_path(
            lambda path, leaf, *more: change(leaf, *more) if self.holds(path) else leaf,
            tree,
            *others,
        )

    def learning(self, packed: Any) -> Any:
        """Return packed arrays without those that are held: None in their place."""
        if not self.freeze:
            return packed
        arrays = zip(packed["arrays"], self._free["arrays"], strict=True)
        return {**packed, "arrays": [a if free else None for a, free in arrays]}

    def update(self, packed: Any, direction: Any, rate: Any, factors: Any) -> Any:
        """Return packed parameters moved against a direction.

        Args:
            packed: the parameters.
            direction: like what `learning` gives.
            rate: the learning rate.
            factors: of it by pattern.
        """
        if self.alike:
            return jax.tree.map(lambda p, d: p - rate * d, packed, direction)

        def moved(p: Any, free: Any, d: Any, *marks: Any) -> Any:
            if d is None:
                return p
            given = zip(marks, (factors[p] for p in self.patterns), strict=True)
            each = [jnp.where(mark, factor, 1.0) for mark, factor in given]
            step = reduce(jnp.multiply, each, rate) * d
            return jnp.where(free, p - step, p)

        marks = [self._marks[pattern] for pattern in self.patterns]
        return jax.tree.map(
            moved, packed, self._free, direction, *marks, is_leaf=lambda x: x is None
        )


def unknown_layer(field: str, pattern: str, known: Mapping[str, Any]) -> str:
    """Word the fault of a pattern that matches none of the known layers."""
    kinds = dict.fromkeys(f"{name.rstrip('0123456789')}*" for name in known)
    near = did_you_mean(pattern, [*known, *(k for k in kinds if "*" in pattern)])
    shown = ", ".join([*known][:_MOST_SHOWN])
    more = f" and {len(known) - _MOST_SHOWN} more" * (len(known) > _MOST_SHOWN)
    fix = f"Layers: {shown}{more}.{near}"
    return fault(f"{field.partition('[')[0]} names layers", field, pattern, fix)


def _names(path: tuple[Any, ...]) -> list[str]:
    return [str(getattr(entry, "key", entry)) for entry in path]
