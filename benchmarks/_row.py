"""A row of the result: one workload against one peer."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["Row"]


@dataclass(frozen=True)
class Row:
    """What was found, and whether it is what was aimed at.

    Args:
        workload: what is done.
        peer: whom it is compared with; "" where it is measured by itself.
        value: median over the rounds; None where it was not measured.
        low: least.
        high: greatest.
        target: what is aimed at; None for no aim.
        unit: "ratio" (the peer's time over ours), "seconds" or another.
        better: which side of the target is the good one.
        failed: why the row does not count, as "different work".
        skipped: why it was not measured.
        more: further numbers of the row.
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
        """Whether the median is on the good side of the target; None for no target."""
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
