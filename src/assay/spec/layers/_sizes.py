"""Field types for sizes along the axes of an array, and a base class for windows."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from assay._errors import fault
from assay.spec._range import Range
from assay.spec._space import Choice, Space
from assay.spec.layers._layer import Layer

__all__ = [
    "AxisCounts",
    "CausalPadding",
    "ExtraRows",
    "Padding",
    "PairsPerAxis",
    "PerAxis",
    "Rows",
    "Shape",
    "Window",
]


@dataclass(frozen=True)
class PerAxis(Range):
    """Bounds for whole numbers, given as one number for all axes or one per axis.

    Example:
        >>> PerAxis(1, whole=True, traced=False).check([3, 5])
        (3, 5)
    """

    def holds(self, value: Any) -> bool:
        """Return whether a number, or every number in a list, is within the bounds."""
        if not isinstance(value, list | tuple):
            return super().holds(value)
        numbers = [not isinstance(v, str) and Range.holds(self, v) for v in value]
        return len(numbers) > 0 and all(numbers)

    def check(self, value: Any, *, searchable: bool = True) -> Any:
        """Return the value as a number, a tuple of numbers, a word or a search space.

        Raises:
            PydanticCustomError: the value is invalid.
        """
        if isinstance(value, list | tuple):
            if not self.holds(value):
                raise self._broken(value)
            return tuple(int(number) for number in value)
        checked = super().check(value, searchable=searchable)
        if isinstance(checked, Choice):  # files contain lists, which are not hashable
            return Choice(*map(_as_tuples, checked.options))
        return checked


@dataclass(frozen=True)
class PairsPerAxis(PerAxis):
    """Bounds for whole numbers, optionally given as (before, after) pairs per axis.

    Example:
        >>> PairsPerAxis(0, whole=True, traced=False).check([[1, 2], 0])
        ((1, 2), 0)
    """

    def holds(self, value: Any) -> bool:
        """Return whether all numbers and pairs of numbers are within the bounds."""
        if not isinstance(value, list | tuple):
            return super().holds(value)
        pairs = [v if isinstance(v, list | tuple) else (v, v) for v in value]
        both = all(len(pair) == 2 for pair in pairs)
        return both and super().holds([number for pair in pairs for number in pair])

    def check(self, value: Any, *, searchable: bool = True) -> Any:
        """Return the value as a number, a tuple, a word or a search space.

        Raises:
            PydanticCustomError: the value is invalid.
        """
        if not isinstance(value, list | tuple):
            return super().check(value, searchable=searchable)
        if not self.holds(value):
            raise self._broken(value)
        return _as_tuples(value)


def _as_tuples(value: Any) -> Any:
    """Convert nested lists to tuples of whole numbers; keep all other values."""
    if isinstance(value, list | tuple):
        return tuple(map(_as_tuples, value))
    return int(value) if isinstance(value, float) else value


_Sizes = int | tuple[int, ...] | Space
_Pairs = int | tuple[int | tuple[int, int], ...] | Space
_Padding = int | str | tuple[int | tuple[int, int], ...] | Space


def _padding(*words: str) -> PairsPerAxis:
    return PairsPerAxis(0, whole=True, traced=False, words=words, example=1)


AxisCounts = Annotated[_Sizes, PerAxis(1, whole=True, traced=False, example=3)]
Shape = Annotated[_Sizes, PerAxis(1, whole=True, traced=False, example=64)]
ExtraRows = Annotated[_Sizes, PerAxis(0, whole=True, traced=False, example=1)]
Rows = Annotated[_Pairs, PairsPerAxis(0, whole=True, traced=False, example=1)]
Padding = Annotated[_Padding, _padding("same", "same_lower", "valid")]
CausalPadding = Annotated[_Padding, _padding("same", "same_lower", "valid", "causal")]


class Window(Layer):
    """A window that slides over one, two or three spatial axes."""

    rank: ClassVar[int] = 0

    @model_validator(mode="after")
    def _one_number_per_axis(self) -> "Window":
        faults = [
            fault(
                f"len({name}) == {self.rank}",
                name,
                value,
                "Use one number for all axes, or one number per axis.",
            )
            for name, _, value in self.leaves()
            if isinstance(value, tuple) and len(value) != self.rank
        ]
        if faults:
            raise PydanticCustomError("said", "window", {"messages": faults})
        return self
