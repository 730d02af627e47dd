"""Types of fields that hold sizes along the axes of an array."""

from dataclasses import dataclass
from typing import Annotated, Any

from assay.spec._range import Range
from assay.spec._space import Choice, Space

__all__ = [
    "AxisCounts",
    "CausalPadding",
    "ExtraRows",
    "Padding",
    "PerAxis",
    "Shape",
]


@dataclass(frozen=True)
class PerAxis(Range):
    """Bounds of whole numbers: one for all axes, or a list with one for each.

    Example:
        >>> PerAxis(1, whole=True, traced=False).check([3, 5])
        (3, 5)
    """

    def holds(self, value: Any) -> bool:
        """Tell whether a number, or each number of a list, lies within the bounds."""
        if not isinstance(value, list | tuple):
            return super().holds(value)
        numbers = [not isinstance(v, str) and Range.holds(self, v) for v in value]
        return len(numbers) > 0 and all(numbers)

    def check(self, value: Any, *, searchable: bool = True) -> Any:
        """Return a number, a tuple of numbers, a word or a space, or raise."""
        if isinstance(value, list | tuple):
            if not self.holds(value):
                raise self._broken(value)
            return tuple(int(number) for number in value)
        found = super().check(value, searchable=searchable)
        if isinstance(found, Choice):  # a list from a file; a spec can be hashed
            options = [tuple(o) if isinstance(o, list) else o for o in found.options]
            return Choice(*options)
        return found


_Sizes = int | tuple[int, ...] | Space
_Padding = int | str | tuple[int, ...] | Space


def _padding(*words: str) -> PerAxis:
    return PerAxis(0, whole=True, traced=False, words=words, example=1)


AxisCounts = Annotated[_Sizes, PerAxis(1, whole=True, traced=False, example=3)]
Shape = Annotated[_Sizes, PerAxis(1, whole=True, traced=False, example=64)]
ExtraRows = Annotated[_Sizes, PerAxis(0, whole=True, traced=False, example=1)]
Padding = Annotated[_Padding, _padding("same", "valid")]
CausalPadding = Annotated[_Padding, _padding("same", "valid", "causal")]
