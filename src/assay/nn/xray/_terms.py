"""What an x-ray is made of: terms, lines and the check."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assay._errors import AssayError

__all__ = ["Check", "Line", "Term", "checked", "constant", "product"]


@dataclass(frozen=True)
class Term:
    """One summand.

    Args:
        value: what is added; the product of the factors.
        factors: as they stand in the calculation, the input first.
        what: "input", "padding", "bias", "state", or what else it is made of.
        source: position in the layer's input; None where it is not made of one.
        symbol: what is written in place of the number, such as "b".
    """

    value: float
    factors: tuple[float, ...]
    what: str
    source: tuple[int, ...] | None = None
    symbol: str = ""


def product(
    *factors: Any, what: str = "input", source: Iterable[Any] | None = None
) -> Term:
    """Return the term that is the product of some numbers.

    Example:
        >>> product(2, 0.5, source=(1, 0)).value
        1.0
    """
    numbers = tuple(float(factor) for factor in factors)
    place = None if source is None else tuple(int(index) for index in source)
    return Term(math.prod(numbers), numbers, what, place)


def constant(value: Any, symbol: str = "", *, what: str = "bias") -> Term:
    """Return a term of one number that is called by a letter."""
    return Term(float(value), (float(value),), what, symbol=symbol)


@dataclass(frozen=True)
class Line:
    """One line of a calculation: a name, the terms, what is done to them, the value.

    Args:
        name: of the value, such as "mean" or "y[0, 2]".
        terms: in order.
        value: what comes out.
        operation: "sum", "mean" or "max" of the terms, or a function of their sum.
    """

    name: str
    terms: tuple[Term, ...]
    value: float
    operation: str = "sum"

    @classmethod
    def sum(cls, name: str, terms: Iterable[Term]) -> "Line":
        """Return the line that adds terms."""
        terms = tuple(terms)
        return cls(name, terms, math.fsum(term.value for term in terms))


@dataclass(frozen=True)
class Check:
    """The terms against the forward pass.

    Args:
        sum: of the terms, in float64.
        forward: what the layer gave.
        difference: between them, without sign.
        tolerance: what rounding may make of it.
    """

    sum: float
    forward: float
    difference: float
    tolerance: float


def checked(line: Line, forward: float, *, tolerance: float) -> Check:
    """Return the check of terms against the forward pass.

    Raises:
        AssayError: they differ by more than rounding.

    Example:
        >>> line = Line.sum("y", [product(2, 3), constant(1)])
        >>> checked(line, 7.0, tolerance=1e-6).difference
        0.0
    """
    total = math.fsum(term.value for term in line.terms)
    same = total == forward or (math.isnan(total) and math.isnan(forward))
    difference = 0.0 if same else abs(total - forward)
    if not difference <= tolerance:
        raise AssayError(
            "`sum of the terms == forward pass` must hold, but got "
            f"sum={total!r}, forward={forward!r} for {line.name}: the x-ray and the "
            "layer do not agree. Do not trust either before you know why."
        )
    return Check(total, forward, difference, tolerance)
