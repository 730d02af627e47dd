"""Field annotations for numeric bounds, and for words that may replace a field's value.

A hyperparameter's `Range` validates values and search spaces. It also provides error
messages, the limits in the command-line help and invalid values for tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import PydanticCustomError, core_schema

from assay._errors import InputError
from assay.spec._space import Log, Space, Uniform, parse_space

__all__ = ["OrWord", "Range"]

_LARGEST = 3.4e38  # the largest float32, the type of the compiled program's inputs


@dataclass(frozen=True)
class Range:
    """The bounds of a hyperparameter and whether it is traced.

    Args:
        low: smallest value; None for no bound.
        high: largest value; None for no bound.
        open_low: whether `low` itself is excluded.
        open_high: whether `high` itself is excluded.
        whole: whether only whole numbers are allowed.
        traced: whether the hyperparameter is an input of the compiled program, so that
            changing it requires no recompilation. A number that determines a shape
            cannot be traced.
        words: words allowed instead of a number, such as "all".
        example: valid value to suggest in messages.
    """

    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    whole: bool = False
    traced: bool = True
    words: tuple[str, ...] = ()
    example: float | str = 0.1

    def invariant(self, name: str, value: Any = None) -> str:
        """Return the bounds as an expression, such as "0 <= rate < 1".

        If `value` breaks a rule other than the bounds, such as "units is a whole
        number", return that rule instead.
        """
        if isinstance(value, int | float) and not abs(value) <= _LARGEST:
            return f"{name} is a finite float32"
        real = isinstance(value, float) and not value.is_integer()
        if self.whole and (real or isinstance(value, Uniform | Log)):
            return f"{name} is a whole number"
        low = "" if self.low is None else f"{self.low:g} {'<' * self.open_low or '<='} "
        if self.high is not None:
            return f"{low}{name} {'<' * self.open_high or '<='} {self.high:g}"
        if self.low is not None:
            return f"{name} {'>' * self.open_low or '>='} {self.low:g}"
        return f"{name} is a {'whole ' * self.whole}number"

    def holds(self, value: Any) -> bool:
        """Return whether a single value is within the bounds."""
        if value in self.words and isinstance(value, str):
            return True
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not abs(value) <= _LARGEST or self.whole and value != int(value):
            return False
        above = self.low is None or value > self.low or value == self.low
        above = above and not (self.open_low and value == self.low)
        below = self.high is None or value < self.high or value == self.high
        return above and below and not (self.open_high and value == self.high)

    def invalid_values(self) -> Iterator[Any]:
        """Yield invalid values, which the tests try on every spec."""
        yield "not a number"
        yield float("nan")
        yield float("inf")
        if self.low is not None:
            yield self.low if self.open_low else self.low - 1
        if self.high is not None:
            yield self.high if self.open_high else self.high + 1
        if self.whole:
            yield 1.5

    def check(self, value: Any, *, searchable: bool = True) -> Any:
        """Return the value as a number, a word or, if searchable, a search space.

        Raises:
            PydanticCustomError: the value is out of range.
        """
        if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
            value = value.item()
        if searchable and isinstance(value, str) and value not in self.words:
            value = _space_or_same(value)
        if searchable and isinstance(value, Space):
            fits = not (self.whole and isinstance(value, Uniform | Log))
            if not (fits and all(self.holds(end) for end in value.ends())):
                raise self._broken(value, searchable)
            return value
        if not self.holds(value):
            raise self._broken(value, searchable)
        if isinstance(value, str):
            return value
        return int(value) if self.whole else float(value)

    def _broken(self, value: Any, searchable: bool = False) -> PydanticCustomError:
        context = {"range": self, "value": value, "searchable": searchable}
        return PydanticCustomError("range", "out of range", context)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        searchable = Space in get_args(source)
        return core_schema.no_info_plain_validator_function(
            lambda value: self.check(value, searchable=searchable),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: str(value) if isinstance(value, Space) else value
            ),
        )


@dataclass(frozen=True)
class OrWord:
    """Allows one of several words instead of a field's usual value."""

    words: tuple[str, ...]

    def check(self, value: Any, handler: Any) -> Any:
        """Return the value if it is one of the words, and validate it otherwise."""
        if isinstance(value, str) and value in self.words:
            return value
        try:
            return handler(value)
        except ValidationError as error:
            if isinstance(value, str) and error.errors()[0]["type"] == "tuple_type":
                context = {"words": self.words, "value": value}
                raise PydanticCustomError("word", "unknown word", context) from None
            raise

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_wrap_validator_function(
            self.check,
            handler(source),
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda value, inner: value if isinstance(value, str) else inner(value),
                schema=handler(source),
            ),
        )


def _space_or_same(text: str) -> Any:
    try:
        return parse_space(text) or text
    except InputError as error:
        context = {"message": str(error)}
        raise PydanticCustomError("space", "bad space", context) from None
