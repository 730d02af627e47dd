"""The checked calculation of one number: as values, as JSON, as text."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from assay.nn._layer import shape_text
from assay.nn.xray._calculation import Check, Line, Term
from assay.nn.xray._format import detail_text, line_text, wrapped

__all__ = ["Xray"]


@dataclass(frozen=True)
class Xray:
    """The calculation of one number.

    Args:
        layer: name of the layer, of one inside another as "residual1.conv1".
        kind: of the layer.
        row: of the batch.
        at: position in the layer's output.
        value: the number, as the forward pass computed it.
        formula: of the layer.
        terms: their sum is the value.
        result: the last line of the calculation.
        check: the sum of the terms compared with the forward pass.
        input_shape: of the layer, for one example.
        output_shape: of the layer, for one example.
        lines: those before the last, such as mean and variance, or the gates.
        details: what else to report, by name: window, winner, derivative, mask, ...
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
        """Return plain values: dict, list, str, int, float and None."""
        plain: dict[str, Any] = _listed(asdict(self))
        return plain

    def to_text(self, *, most_terms: int | None = 18) -> str:
        """Return it as a worked example.

        Args:
            most_terms: how many terms of a line to write; those in the middle are
                left out. None writes all.
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
            f"check: the terms sum to {self.check.sum:.7g}, the forward pass gives "
            f"{self.check.forward:.7g}"
        )
        return "\n".join(lines)


def _listed(value: Any) -> Any:
    """Return a value with lists for tuples and None for numbers that are not finite."""
    if isinstance(value, dict):
        return {name: _listed(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON cannot express it
    return value
