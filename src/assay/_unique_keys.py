"""Rejects JSON objects with repeated keys, of which `json` would keep the last."""

from typing import Any

__all__ = ["unique_keys"]


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the items of an object as a dict, as an `object_pairs_hook` of `json`.

    Raises:
        ValueError: a key is repeated.

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
