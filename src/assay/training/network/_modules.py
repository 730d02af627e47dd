"""Splits Flax modules into a definition and variables, and merges them again.

Flax does not declare most of its types, so they are declared here.
"""

from collections.abc import Iterable
from typing import Any

from flax import nnx

from assay.training._arrays import Tree
from assay.training._jax import Path

__all__ = ["Definition", "Variables", "flat", "from_flat", "merge", "nested", "split"]

_nnx: Any = nnx  # the only untyped reference to Flax

Definition = object  # the structure of a module without its variables
State = object  # variables of certain kinds, nested by attribute
Variables = dict[Path, Any]  # `nnx.Variable` by path


def split(module: nnx.Module, *kinds: object) -> tuple[Definition, list[State]]:
    """Return a module's definition and its variables of each kind."""
    definition, *states = _nnx.split(module, *kinds)
    return definition, states


def merge(definition: Definition, states: Iterable[State]) -> Any:
    """Return a module with the given definition and variables."""
    return _nnx.merge(definition, *states)


def nested(state: State) -> Tree:
    """Return the values of a state, nested by attribute."""
    return _nnx.to_pure_dict(state)


def flat(state: State) -> Variables:
    """Return the variables of a state, keyed by path."""
    return dict(_nnx.to_flat_state(state))


def from_flat(variables: Iterable[tuple[Path, Any]]) -> State:
    """Return a state with the given variables."""
    return _nnx.from_flat_state(list(variables))
