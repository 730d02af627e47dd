"""The parts of a worked calculation: terms, lines, and the check against the pass."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, SupportsFloat, SupportsInt

from assay._errors import AssayError

__all__ = [
    "Calculation",
    "Check",
    "Line",
    "Position",
    "Term",
    "checked",
    "constant",
    "product",
]

Position = tuple[int, ...]
"""Index along each axis, from 0."""

# A term may be a rounded product of rounded factors, and a result is rounded itself.
_ROUNDINGS_PER_TERM = 8


@dataclass(frozen=True)
class Term:
    """One summand.

    Args:
        value: the product of the factors.
        factors: in the order of the calculation, the input first.
        what: "input", "padding", "bias", "state", or what else it is.
        source: position in the layer's input; None if it does not come from there.
        symbol: what to write in place of the number, such as "b".
    """

    value: float
    factors: tuple[float, ...]
    what: str
    source: Position | None = None
    symbol: str = ""


def product(
    *factors: SupportsFloat,
    what: str = "input",
    source: Iterable[SupportsInt] | None = None,
) -> Term:
    """Return the term that is the product of some numbers.

    Example:
        >>> product(2, 0.5, source=(1, 0)).value
        1.0
    """
    numbers = tuple(float(factor) for factor in factors)
    position = None if source is None else tuple(int(index) for index in source)
    return Term(math.prod(numbers), numbers, what, position)


def constant(value: SupportsFloat, symbol: str = "", *, what: str = "bias") -> Term:
    """Return a term that is one number, and the letter to write for it."""
    return Term(float(value), (float(value),), what, symbol=symbol)


@dataclass(frozen=True)
class Line:
    """One line of a calculation: name = operation(terms) = value.

    Args:
        name: of the value, such as "mean" or "y[0, 2]".
        terms: in order.
        value: the result.
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
class Calculation:
    """How a layer computed one number.

    Args:
        formula: of the layer.
        terms: their sum is the number.
        lines: the calculation before the last line.
        result: the last line, if it is not the sum of the terms.
        details: what else to report, by name.
        magnitude: size of the numbers that were rounded on the way, if they are
            larger than the terms.
    """

    formula: str
    terms: tuple[Term, ...]
    lines: tuple[Line, ...] = ()
    result: Line | None = None
    details: dict[str, Any] = field(default_factory=dict)
    magnitude: float = 0.0

    def tolerance(self, precision: float) -> float:
        """Return by how much rounding may change the sum.

        Rounding errors of a sum grow like the square root of the number of terms (a
        random walk); twice that is allowed, and a few roundings per term.
        """
        size = math.fsum(abs(term.value) for term in self.terms) + self.magnitude
        steps = _ROUNDINGS_PER_TERM + 2 * math.sqrt(len(self.terms))
        return precision * steps * size


@dataclass(frozen=True)
class Check:
    """The sum of the terms compared with the forward pass.

    Args:
        sum: of the terms, in float64.
        forward: output of the layer.
        difference: absolute, between the two.
        tolerance: by how much rounding may change the sum.
    """

    sum: float
    forward: float
    difference: float
    tolerance: float


def checked(line: Line, forward: float, *, tolerance: float) -> Check:
    """Compare the sum of a line's terms with the forward pass.

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
    if not difference <= tolerance:  # also for a difference that is not a number
        raise AssayError(
            "`sum of the terms == forward pass` must hold, but got "
            f"sum={total!r}, forward={forward!r} for {line.name}: the x-ray and the "
            "layer do not agree. Report it as a bug, with the model; trust neither "
            "number until it is fixed."
        )
    return Check(total, forward, difference, tolerance)
