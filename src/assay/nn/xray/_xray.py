"""The step-by-step calculation of a number as values, JSON or text."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from assay.nn._layer import shape_text
from assay.nn.xray._calculation import Check, Line, Term
from assay.nn.xray._format import detail_text, line_text, wrapped

__all__ = ["Xray"]


@dataclass(frozen=True)
class Xray:
    """The step-by-step calculation of a number.

    Args:
        layer: name of the layer, or path of an inner layer, such as "residual1.conv1".
        kind: kind of the layer.
        row: row of the batch.
        at: position in the layer's output.
        value: the number that the forward pass computed.
        formula: the layer's formula.
        terms: the terms that add up to the value.
        result: the last line of the calculation.
        check: comparison of the sum of the terms with the forward pass.
        input_shape: input shape of the layer for one example.
        output_shape: output shape of the layer for one example.
        lines: the lines before the last one, such as the mean and the variance.
        details: additional values, such as window, winner, derivative or mask, keyed by
            name.
    """

    layer: str
    kind: str
    row: int
    at: tuple[int, ...]
    value: float
    formula: str
    terms: tuple[Term, ...]
    result: Line
    check: Check
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    lines: tuple[Line, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the calculation as JSON values (dict, list, str, int, float, None)."""
        plain: dict[str, Any] = _listed(asdict(self))
        return plain

    def to_text(self, *, most_terms: int | None = 18) -> str:
        """Return the calculation as a worked example.

        Args:
            most_terms: maximum number of terms per line; None for all terms. Excess
                terms are omitted from the middle of a line.
        """
        name = f"y[{', '.join(map(str, self.at))}]"
        shapes = f"{shape_text(self.input_shape)} → {shape_text(self.output_shape)}"
        lines = [f"{self.layer} · {self.kind} · {name} of row {self.row}"]
        lines += [f"  {shapes}", *wrapped(self.formula)]
        for key, value in self.details.items():
            lines += detail_text(key, value)
        for line in (*self.lines, self.result):
            lines += line_text(line, most_terms)
        lines += wrapped(
            f"check: the terms sum to {self.check.sum:.7g}; the forward pass gives "
            f"{self.check.forward:.7g}"
        )
        return "\n".join(lines)


def _listed(value: Any) -> Any:
    """Convert tuples to lists and non-finite numbers to None."""
    if isinstance(value, dict):
        return {name: _listed(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # not valid in JSON
    return value
