"""A row of results for one workload and one peer."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["Row"]


@dataclass(frozen=True)
class Row:
    """A measured value and its target.

    Args:
        workload: name of the workload.
        peer: name of the peer; empty if nothing is compared.
        value: median over the rounds; None if it was not measured.
        low: minimum over the rounds.
        high: maximum over the rounds.
        target: value to reach; None if no target is set.
        unit: unit of the value, such as "seconds" or "ratio" (the peer's time divided
            by Assay's).
        better: whether higher or lower values are better.
        failed: reason why the row is invalid, such as "different work".
        skipped: reason why the row was not measured.
        more: additional numbers by name.
    """

    workload: str
    peer: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    unit: str = "ratio"
    better: Literal["higher", "lower"] = "higher"
    failed: str | None = None
    skipped: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def reached(self) -> bool | None:
        """Whether the median meets the target, or None if no target is set."""
        if self.failed is not None:
            return False
        if self.value is None or self.target is None:
            return None
        if self.better == "higher":
            return self.value >= self.target
        return self.value <= self.target

    def to_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        data = asdict(self)
        more = data.pop("more")
        return data | {"reached": self.reached} | more
