"""A row of the results: one workload against one peer."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["Row"]


@dataclass(frozen=True)
class Row:
    """A measured value, with its target.

    Args:
        workload: name of the workload.
        peer: name of the peer; "" if there is none.
        value: median over the rounds; None if not measured.
        low: minimum.
        high: maximum.
        target: value to reach; None for none.
        unit: "ratio" (the peer's time divided by ours), "seconds" or another.
        better: which side of the target is better.
        failed: why the row does not count, such as "different work".
        skipped: why it was not measured.
        more: additional numbers.
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
        """Whether the median reaches the target; None without a target."""
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
