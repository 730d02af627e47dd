"""Search spaces: sets of values that tuning may try."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from assay._calls import explains_construction
from assay._errors import InputError, fault

__all__ = ["Choice", "Integer", "Log", "Space", "Uniform", "parse_space"]


class Space:
    """A set of values that tuning may try. A spec that contains a space is tuned."""

    name: str

    def ends(self) -> tuple[Any, ...]:
        """Return the values that must be within the hyperparameter's bounds."""
        raise NotImplementedError

    def __contains__(self, value: object) -> bool:
        """Return whether the space contains a value."""
        raise NotImplementedError

    def __str__(self) -> str:
        values = ", ".join(json.dumps(v, ensure_ascii=False) for v in self.ends())
        return f"{self.name}({values})"


@dataclass(frozen=True, repr=False)
class _Interval(Space):
    low: float
    high: float

    def __post_init__(self) -> None:
        for name, value in (("low", self.low), ("high", self.high)):
            if not isinstance(value, int | float) or not abs(value) < math.inf:
                fix = "Use finite numbers, or choice(...) for words."
                raise InputError(fault(f"-inf < {name} < inf", name, value, fix))
        if not self.low < self.high:
            got = f"(low={self.low!r}, high={self.high!r})"
            fix = f"Use {self.name}({self.high}, {self.low})."
            if self.low == self.high:
                fix = f"Use the value {self.low} itself, or a wider range."
            raise InputError(f"`low < high` must hold, but got {got}. {fix}")

    def ends(self) -> tuple[Any, ...]:
        return (self.low, self.high)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high

    __repr__ = Space.__str__


@explains_construction("assay.uniform(0.0, 0.5)")
class Uniform(_Interval):
    """Real numbers between low and high, all equally likely.

    Example:
        >>> Uniform(0.0, 0.5)
        uniform(0.0, 0.5)
    """

    name = "uniform"


@explains_construction("assay.log(0.0001, 0.1)")
class Log(_Interval):
    """Real numbers between low and high, equally likely on a log scale.

    Example:
        >>> Log(1e-4, 1e-1)
        log(0.0001, 0.1)
    """

    name = "log"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low <= 0:
            fix = "A log scale does not include 0. Use a small positive number."
            raise InputError(fault("low > 0", "low", self.low, fix))


@explains_construction("assay.integer(1, 8)")
class Integer(_Interval):
    """Whole numbers from low to high, inclusive.

    Example:
        >>> Integer(1, 4)
        integer(1, 4)
    """

    name = "integer"

    def __post_init__(self) -> None:
        for name, value in (("low", self.low), ("high", self.high)):
            if not isinstance(value, int):
                fix = "Use whole numbers, or uniform(...) for real numbers."
                rule = f"{name} must be a whole number, but got {name}={value!r}."
                raise InputError(f"{rule} {fix}")
        super().__post_init__()

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and super().__contains__(value)


@explains_construction("assay.choice(32, 64)")
@dataclass(frozen=True, repr=False)
class Choice(Space):
    """One of several options, all equally likely.

    Example:
        >>> Choice(32, 64)
        choice(32, 64)
    """

    options: tuple[Any, ...]
    name = "choice"

    def __init__(self, *options: Any) -> None:
        if not options:
            fix = "Add options, such as choice(32, 64)."
            raise InputError(fault("len(options) >= 1", "options", (), fix))
        object.__setattr__(self, "options", options)

    def ends(self) -> tuple[Any, ...]:
        return self.options

    def __contains__(self, value: object) -> bool:
        return value in self.options

    __repr__ = Space.__str__


_SPACES: dict[str, type[Space]] = {
    space.name: space for space in (Uniform, Log, Integer, Choice)
}
_CALL = re.compile(r"\s*(\w+)\s*\((.*)\)\s*", re.DOTALL)


def parse_space(text: str) -> Space | None:
    """Parse a search space as written in TOML, or return None for any other text.

    Example:
        >>> parse_space("log(1e-4, 1e-1)")
        log(0.0001, 0.1)
        >>> parse_space("adam") is None
        True
    """
    call = _CALL.fullmatch(text)
    if call is None or call[1] not in _SPACES:
        return None
    try:
        arguments = json.loads(f"[{call[2]}]")
    except json.JSONDecodeError:
        fix = "Use numbers or quoted words, such as choice(32, 64)."
        raise InputError(f"Cannot read the space {text!r}. {fix}") from None
    if call[1] != Choice.name and len(arguments) != 2:
        fix = f"Use two numbers, such as {call[1]}(1, 4)."
        raise InputError(f"The space {text!r} needs two bounds. {fix}")
    return _SPACES[call[1]](*arguments)
