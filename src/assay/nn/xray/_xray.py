"""The calculation of one number: as values, as JSON, as text."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from assay.nn._layer import shape_text
from assay.nn.xray._terms import Check, Line, Term
from assay.nn.xray._text import detail_text, line_text, wrapped

__all__ = ["Xray"]


@dataclass(frozen=True)
class Xray:
    """The calculation of one number.

    Args:
        layer: name of the layer, inner ones as "residual1.conv1".
        kind: of the layer.
        row: of the batch.
        at: position in the layer's output.
        value: the number, as the forward pass gave it.
        formula: of the layer.
        terms: their sum is the value.
        result: the last line of the calculation.
        lines: those before it, such as mean and variance, or the gates.
        details: what else is told, by name: window, winner, derivative, mask, ...
        check: the terms against the forward pass.
        input_shape: of the layer, of one example.
        output_shape: of the layer, of one example.
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
            most_terms: of a line; those in the middle are left out beyond it. None
                writes all.
        """
        name = f"y[{', '.join(map(str, self.at))}]"
        shapes = f"{shape_text(self.input_shape)} → {shape_text(self.output_shape)}"
        told = [f"{self.layer} · {self.kind} · {name} of row {self.row}"]
        told += [f"  {shapes}", *wrapped(self.formula)]
        for key, value in self.details.items():
            told += detail_text(key, value)
        for line in (*self.lines, self.result):
            told += line_text(line, most_terms)
        told += wrapped(
            f"check: the terms sum to {self.check.sum:.7g}, the forward pass gives "
            f"{self.check.forward:.7g}"
        )
        return "\n".join(told)


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no word for it
    return value
