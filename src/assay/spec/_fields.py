"""Field types shared by several specs."""

from typing import Annotated, Any

from pydantic import AfterValidator

from assay.spec._range import Range
from assay.spec._space import Space

__all__ = [
    "NO_FACTORS",
    "Count",
    "Factors",
    "Fraction",
    "NonNegative",
    "OpenFraction",
    "Positive",
]

Positive = Annotated[float | Space, Range(0, open_low=True, example=0.001)]
NonNegative = Annotated[float | Space, Range(0, example=0.01)]
Fraction = Annotated[float | Space, Range(0, 1, open_high=True, example=0.2)]
OpenFraction = Annotated[
    float | Space, Range(0, 1, open_low=True, open_high=True, example=0.9)
]
Count = Annotated[int | Space, Range(1, whole=True, traced=False, example=64)]


class _Frozen(dict[str, Any]):
    """A hashable dict for specs, which must be hashable themselves."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


Factors = Annotated[dict[str, Positive], AfterValidator(_Frozen)]
NO_FACTORS: Any = _Frozen()
