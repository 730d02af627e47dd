"""Canonical JSON, in which equal values are written as identical bytes."""

import dataclasses
import datetime
import json
import math
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import Any, cast

from assay._load_json import load_json

__all__ = ["parse_json", "to_canonical_json", "to_plain", "without_times"]

_MOST_LEVELS = 100
"""Maximum nesting depth. Deeper nesting could overflow the stack.

Records are nested about ten levels deep.
"""

_MOST_BITS = 128
"""Maximum number of bits in an integer. Columns cannot store larger integers."""


def to_plain(value: Any) -> Any:
    """Convert a value to plain dicts, lists, strings, numbers, booleans and None.

    Floats that JSON does not support (nan, inf) become None.

    Args:
        value: possibly nested mappings, lists, tuples, dataclasses, NumPy numbers and
            arrays, dates, paths, and objects with a `to_json()` method.

    Returns:
        Plain values; mappings keep their order.

    Raises:
        TypeError: the value contains an object of an unsupported type.

    Example:
        >>> import numpy as np
        >>> to_plain({"interval": (0.5, float("inf")), "counts": np.arange(2)})
        {'interval': [0.5, None], 'counts': [0, 1]}
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    # Recognizes NumPy numbers and arrays without importing NumPy.
    if hasattr(value, "tolist"):
        return to_plain(value.tolist())
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, PathLike):
        return fspath(cast("PathLike[str]", value))
    return _plain_container(value)


def _plain_container(value: Any) -> Any:
    if isinstance(value, Mapping):
        mapping = cast("Mapping[Any, Any]", value)
        plain = {str(key): to_plain(item) for key, item in mapping.items()}
        if len(plain) != len(mapping):
            raise TypeError(f"two of the keys {list(mapping)} are the same in JSON")
        return plain
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in cast("Sequence[Any]", value)]
    if hasattr(value, "to_json"):
        return to_plain(value.to_json())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: to_plain(getattr(value, name)) for name in names}
    raise TypeError(f"{type(value).__name__} cannot be written as JSON: {value!r}")


def to_canonical_json(
    value: object, *, sort_keys: bool = False, indent: int | None = None
) -> str:
    """Convert a value to JSON text. Equal values are converted to identical text.

    Floats are written with the minimum number of digits needed to restore them exactly;
    nan and inf become null.

    Args:
        value: any value that `to_plain` accepts.
        sort_keys: whether to sort the keys of mappings, for example to compute a hash.
            By default, mappings keep their order.
        indent: spaces per level; None for one line without spaces.

    Raises:
        TypeError: the value contains an object that cannot be written as JSON.

    Example:
        >>> to_canonical_json({"b": 0.1, "a": float("nan")})
        '{"b":0.1,"a":null}'
        >>> to_canonical_json({"b": 1, "a": 2}, sort_keys=True)
        '{"a":2,"b":1}'
    """
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(
        to_plain(value),
        sort_keys=sort_keys,
        indent=indent,
        separators=separators,
        ensure_ascii=False,
        allow_nan=False,
    )


def parse_json(text: str | bytes) -> Any:
    """Parse JSON text, accepting only values that `to_canonical_json` can write.

    Raises:
        ValueError: the text is not JSON, is nested too deeply, contains a key twice, or
            contains values that records cannot contain: NaN, infinity or an unpaired
            surrogate.

    Example:
        >>> parse_json('{"a": [1, null]}')
        {'a': [1, None]}
    """
    value = load_json(
        text,
        parse_constant=_parse_float,
        parse_float=_parse_float,
        parse_int=_parse_int,
    )
    level: list[Any] = [value]
    for _ in range(_MOST_LEVELS):
        level = [part for item in level for part in _contents(item)]
        if not level:
            return value
    raise ValueError(f"it is nested more than {_MOST_LEVELS} levels deep")


def _contents(value: Any) -> Sequence[Any]:
    """Return a value's direct children; raise a ValueError for unpaired surrogates."""
    if isinstance(value, str):
        value.encode()  # raises a UnicodeEncodeError, which is a ValueError
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        return [*mapping, *mapping.values()]
    return cast("list[Any]", value) if isinstance(value, list) else ()


def _parse_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is not a finite number")
    return number


def _parse_int(digits: str) -> int:
    number = int(digits)
    if number.bit_length() > _MOST_BITS:
        raise ValueError(f"{digits[:20]}… has more than {_MOST_BITS} bits")
    return number


def without_times(value: object) -> Any:
    """Return plain values with all times removed.

    The records of two runs with the same seed are identical except for times, which are
    stored only in "timings" and under names that end in `_seconds`.

    Example:
        >>> without_times({"cost": 0.1, "wall_seconds": 3.2, "timings": {"a": 1}})
        {'cost': 0.1}
    """
    plain = to_plain(value)
    if isinstance(plain, dict):
        return {
            key: without_times(item)
            for key, item in cast("dict[str, Any]", plain).items()
            if key != "timings" and not key.endswith("_seconds")
        }
    if isinstance(plain, list):
        return [without_times(item) for item in cast("list[Any]", plain)]
    return plain
