"""Parses JSON text and rejects repeated keys and text that is nested too deeply."""

import json
from collections.abc import Callable
from typing import Any

__all__ = ["load_json"]

Pairs = list[tuple[str, Any]]


def unique_keys(pairs: Pairs) -> dict[str, Any]:
    """Return the items of an object as a dict.

    Raises:
        ValueError: a key is repeated; `json` would silently keep the last value.

    Example:
        >>> unique_keys([("a", 1), ("b", 2)])
        {'a': 1, 'b': 2}
    """
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {repeated!r} is repeated; remove all but one")
    return value


def load_json(
    text: str | bytes,
    *,
    object_pairs_hook: Callable[[Pairs], Any] = unique_keys,
    **parsers: Any,
) -> Any:
    """Parse JSON text.

    Args:
        text: the text; bytes are decoded as UTF-8, UTF-16 or UTF-32.
        object_pairs_hook: function that converts the items of an object; the default
            returns a dict and rejects repeated keys.
        **parsers: `parse_float`, `parse_int` and `parse_constant` of `json.loads`.

    Raises:
        ValueError: the text is not valid JSON, contains a repeated key, or is nested
            too deeply for Python to parse.

    Example:
        >>> load_json('{"a": [1, null]}')
        {'a': [1, None]}
    """
    try:
        return json.loads(text, object_pairs_hook=object_pairs_hook, **parsers)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
