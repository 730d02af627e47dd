"""The parts of a calculation and a check against the forward pass."""

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
"""The index along each axis, counted from 0."""

# A term may be a rounded product of rounded factors, and the result is also rounded.
_ROUNDINGS_PER_TERM = 8


@dataclass(frozen=True)
class Term:
    """A term in the sum of a calculation.

    Args:
        value: the product of the factors.
        factors: the factors in the order of the calculation, with the input first.
        what: kind of term, such as "input", "padding", "bias" or "state".
        source: position in the layer's input; None for terms that are not inputs.
        symbol: text to write instead of the number, such as "b".
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
    """Return a term that is a product of numbers.

    Example:
        >>> product(2, 0.5, source=(1, 0)).value
        1.0
    """
    numbers = tuple(float(factor) for factor in factors)
    position = None if source is None else tuple(int(index) for index in source)
    return Term(math.prod(numbers), numbers, what, position)


def constant(value: SupportsFloat, symbol: str = "", *, what: str = "bias") -> Term:
    """Return a term that consists of a single number, written as `symbol`."""
    return Term(float(value), (float(value),), what, symbol=symbol)


@dataclass(frozen=True)
class Line:
    """A line of a calculation: name = operation(terms) = value.

    Args:
        name: name of the value, such as "mean" or "y[0, 2]".
        terms: the terms in order.
        value: the result.
        operation: "sum", "mean" or "max" of the terms, or a function of their sum.
    """

    name: str
    terms: tuple[Term, ...]
    value: float
    operation: str = "sum"

    @classmethod
    def sum(cls, name: str, terms: Iterable[Term]) -> "Line":
        """Return a line that adds terms."""
        terms = tuple(terms)
        return cls(name, terms, math.fsum(term.value for term in terms))


@dataclass(frozen=True)
class Calculation:
    """The step-by-step calculation of one value in a layer's output.

    Args:
        formula: the layer's formula.
        terms: the terms that add up to the output value.
        lines: the lines of the calculation before the last one.
        result: the last line; None if it is the sum of the terms.
        details: additional values to report, keyed by name.
        magnitude: magnitude of intermediate values that are rounded and larger than the
            terms; 0 if there are none.
    """

    formula: str
    terms: tuple[Term, ...]
    lines: tuple[Line, ...] = ()
    result: Line | None = None
    details: dict[str, Any] = field(default_factory=dict)
    magnitude: float = 0.0

    def tolerance(self, precision: float) -> float:
        """Return the largest rounding error to expect in the sum.

        The rounding error of a sum behaves like a random walk, so it grows with the
        square root of the number of terms. The tolerance is twice this estimate, plus a
        few rounding errors per term.
        """
        size = math.fsum(abs(term.value) for term in self.terms) + self.magnitude
        steps = _ROUNDINGS_PER_TERM + 2 * math.sqrt(len(self.terms))
        return precision * steps * size


@dataclass(frozen=True)
class Check:
    """A comparison of the sum of the terms with the forward pass.

    Args:
        sum: sum of the terms in float64.
        forward: output of the layer.
        difference: absolute difference between `sum` and `forward`.
        tolerance: largest difference that rounding can explain.
    """

    sum: float
    forward: float
    difference: float
    tolerance: float


def checked(line: Line, forward: float, *, tolerance: float) -> Check:
    """Compare the sum of a line's terms with the forward pass.

    Raises:
        AssayError: the numbers differ by more than rounding can explain.

    Example:
        >>> line = Line.sum("y", [product(2, 3), constant(1)])
        >>> checked(line, 7.0, tolerance=1e-6).difference
        0.0
    """
    total = math.fsum(term.value for term in line.terms)
    same = total == forward or (math.isnan(total) and math.isnan(forward))
    difference = 0.0 if same else abs(total - forward)
    if not difference <= tolerance:  # also holds if the difference is NaN
        raise AssayError(
            "`sum of the terms == forward pass` must hold, but got "
            f"sum={total!r}, forward={forward!r} for {line.name}. The x-ray and the "
            "layer disagree, so do not rely on either number. Report this as a bug, "
            "and include the model."
        )
    return Check(total, forward, difference, tolerance)
