"""The interface of an x-ray's members, and their registry by kind of layer."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assay._errors import InputError
from assay.nn._layer import LAYERS, Layer
from assay.nn.xray._seen import Seen
from assay.nn.xray._terms import Line, Term

__all__ = ["XRAYS", "Made", "Member", "kind_of", "member_for", "xrays"]


@dataclass(frozen=True)
class Made:
    """How a layer made one number.

    Args:
        formula: of the layer.
        terms: their sum is the number.
        lines: the calculation before the last line.
        result: the last line, where it is not the sum of the terms.
        details: what else is told, by name.
        magnitude: size of the numbers that were rounded on the way, where they are
            larger than the terms.
    """

    formula: str
    terms: tuple[Term, ...]
    lines: tuple[Line, ...] = ()
    result: Line | None = None
    details: dict[str, Any] = field(default_factory=dict)
    magnitude: float = 0.0

    def tolerance(self, precision: float) -> float:
        """Return what rounding may make of the sum: its error grows as a walk does."""
        size = math.fsum(abs(term.value) for term in self.terms) + self.magnitude
        return precision * (8 + 2 * math.sqrt(len(self.terms))) * size


Member = Callable[[Seen, int, tuple[int, ...]], Made]
"""Maps (layer in a pass, row, position in its output) to how the number was made."""

XRAYS: dict[str, Member] = {}


def xrays(*kinds: str) -> Callable[[Member], Member]:
    """Register a function as what opens layers of the given kinds."""

    def register(member: Member) -> Member:
        XRAYS.update(dict.fromkeys(kinds, member))
        return member

    return register


def member_for(kind: str) -> Member:
    """Return the member that opens layers of a kind.

    Raises:
        InputError: there is none.
    """
    if kind in XRAYS:
        return XRAYS[kind]
    raise InputError(
        f"`the layer has an x-ray` must hold, but got kind={kind!r}. Register a "
        "function for it with assay.nn.xray.xrays."
    )


def kind_of(layer: Layer, name: str) -> str:
    """Return the kind of a layer; where one class serves several, by name and axes.

    Example:
        >>> import numpy as np
        >>> from assay import nn, spec
        >>> layer = nn.Dense(spec.Dense(3), nn.Site((4,), np.random.default_rng(0)))
        >>> kind_of(layer, "output")
        'dense'
    """
    told = getattr(layer, "kind", None)
    if told in LAYERS:
        return str(told)
    kinds: list[str] = []
    for ancestor in type(layer).__mro__:
        kinds = kinds or [k for k, served in LAYERS.items() if served is ancestor]
    rank = f"{len(layer.output_shape) - 1}d"
    fitting = [kind for kind in kinds if kind.endswith(rank)] or kinds
    last = name.rpartition(".")[2]
    named = [kind for kind in fitting if last.startswith(kind.removesuffix(rank))]
    return (named or fitting or [type(layer).__name__])[0]
