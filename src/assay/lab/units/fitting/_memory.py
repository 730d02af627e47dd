"""Labels the parts of an optimizer's state with the symbols in its formula."""

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from assay.training import Fit

__all__ = ["SYMBOLS", "memory_of", "named_memory"]

SYMBOLS: Mapping[str, Mapping[str, str]] = {
    "momentum": {"trace": "v"},
    "damped_momentum": {"trace": "v"},
    "nesterov": {"trace": "v"},
    "adagrad": {"sum_of_squares": "s"},
    "rmsprop": {"nu": "s"},
    "adadelta": {"e_g": "s", "e_x": "u"},
    "adam": {"mu": "m", "nu": "v"},
    "adamw": {"mu": "m", "nu": "v"},
    "nadam": {"mu": "m", "nu": "v"},
    "lamb": {"mu": "m", "nu": "v"},
    "lion": {"mu": "m"},
}
"""The symbols in each optimizer's formula, by field name of the Optax state."""


def named_memory(kind: str, memory: Any) -> dict[str, Any]:
    """Return the parts of an optimizer's state by symbol.

    Example:
        >>> import optax
        >>> memory = optax.trace(0.9).init(np.ones(2))
        >>> {name: part.tolist() for name, part in named_memory("momentum", memory)\
.items()}
        {'v': [0.0, 0.0]}
    """
    symbols = SYMBOLS.get(kind, {})
    found: dict[str, Any] = {}
    for state in _states(memory):
        fields = state._asdict()
        found |= {symbols[name]: fields[name] for name in fields if name in symbols}
    return found


def _states(memory: Any) -> list[Any]:
    """Return the named tuples in a state; chained transformations have several."""
    if hasattr(memory, "_asdict"):
        return [memory]
    parts = memory if isinstance(memory, tuple) else ()
    return [state for part in parts for state in _states(part)]


def memory_of(fit: Fit) -> dict[str, Any]:
    """Return the state of a fit's optimizer by symbol, nested by layer and name."""
    static = fit.program.static
    memory = named_memory(static.optimizer.name, fit.state.optimizer)
    unpacked = {name: static.packing.unpack(part) for name, part in memory.items()}
    return jax.tree.map(np.asarray, unpacked)
