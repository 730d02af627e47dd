"""Changes bytes and plain values at random."""

import random
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["changed_bytes", "changed_value", "value_for"]

_MOST_CHANGES = 4
_MOST_BYTES = 20_000
_SPECIAL = (
    0,
    1,
    2,
    7,
    8,
    127,
    128,
    255,
    256,
    65535,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63,
)

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 0.5, -0.0, 1e308, 5e-324, 1e-9, 2**53 + 1),
    *(2**31, 2**63, -(2**63) - 1, 10**30, "", " ", "a", "0", "-1", "nan", "Infinity"),
    *("auto", "\x00", "\x1b[31m", "é", "😀", "\u202e", "../..", "/", ".", "x" * 300),
    *("'", '"', "\\", "\n", "log(1e-4, 1e-1)", "uniform(0, 1)", "choice(1, 2)"),
    *("log(0, 1)", "int(3, 1)", "[]", "{}", [], {}, [[]], [None], {"": None}, [1, "a"]),
    *({"kind": "adam"}, {"kind": []}, [{"kind": "dense", "units": 0}], [[1.0, 2.0]]),
)
"""Values that programs often handle incorrectly."""


def changed_bytes(
    data: bytes,
    source: random.Random,
    *,
    others: Sequence[bytes],
    tokens: Sequence[bytes],
) -> bytes:
    """Return a copy of a small file with a few random changes.

    Args:
        data: contents of a valid file.
        source: source of random numbers.
        others: contents of other files, from which parts are inserted.
        tokens: words that are common in the format.
    """
    changed = bytearray(data)
    # With only one change, readers often get further before they fail.
    for _ in range(source.choice((1, 1, 1, 2, _MOST_CHANGES))):
        change = source.choice(_BYTE_CHANGES)
        change(changed, source, others, tokens)
        del changed[_MOST_BYTES:]
    return bytes(changed)


Tokens = Sequence[bytes]


def _flip(
    data: bytearray, source: random.Random, others: Tokens, tokens: Tokens
) -> None:
    if data:
        data[source.randrange(len(data))] ^= 1 << source.randrange(8)


def _set(
    data: bytearray, source: random.Random, others: Tokens, tokens: Tokens
) -> None:
    if data:
        data[source.randrange(len(data))] = source.randrange(256)


def _number(
    data: bytearray, source: random.Random, others: Tokens, tokens: Tokens
) -> None:
    size = source.choice((1, 2, 4, 8))
    value = source.choice(_SPECIAL) % 256**size
    place = source.randint(0, max(len(data) - size, 0))
    data[place : place + size] = value.to_bytes(size, source.choice(("little", "big")))


def _cut(
    data: bytearray, source: random.Random, others: Tokens, tokens: Tokens
) -> None:
    del data[source.randint(0, len(data)) :]


def _remove(
    data: bytearray, source: random.Random, others: Tokens, tokens: Tokens
) -> None:
    start, end = _range(data, source)
    del data[start:end]


def _repeat(
    data: bytearray, source: random.Random, others: Tokens, tokens: Tokens
) -> None:
    start, end = _range(data, source)
    data[start:start] = data[start:end] * source.choice((1, 1, 2, 50))


def _splice(
    data: bytearray, source: random.Random, others: Tokens, tokens: Tokens
) -> None:
    other = source.choice(others)
    first, last = _range(other, source)
    start, end = _range(data, source)
    data[start:end] = other[first:last]


def _token(
    data: bytearray, source: random.Random, others: Tokens, tokens: Tokens
) -> None:
    start, end = _range(data, source)
    end = source.choice((start, min(end, start + 8)))
    data[start:end] = source.choice(tokens) if tokens else b"\x00"


def _range(data: Sequence[int], source: random.Random) -> tuple[int, int]:
    """Return the bounds of a random part; short parts are more likely."""
    start = source.randint(0, len(data))
    return start, min(len(data), start + int(2 ** source.uniform(0, 10)))


_BYTE_CHANGES = (_flip, _set, _number, _cut, _remove, _repeat, _splice, _token, _token)


def changed_value(value: Any, source: random.Random) -> Any:
    """Return a copy of a plain value with a random part changed."""
    inside = isinstance(value, dict | list) and value and source.random() < 0.85
    if not inside:
        return source.choice(ODD_VALUES)
    if isinstance(value, dict):
        return _changed_dict(value, source)
    place = source.randrange(len(value))
    match source.randrange(8):
        case 0:
            return [*value[:place], *value[place + 1 :]]
        case 1:
            return [*value[:place], value[place], *value[place:]]
        case 2:
            return [*value[:place], source.choice(ODD_VALUES), *value[place:]]
        case _:
            new = changed_value(value[place], source)
            return [*value[:place], new, *value[place + 1 :]]


def _changed_dict(value: dict[str, Any], source: random.Random) -> dict[str, Any]:
    name = source.choice([*value])
    match source.randrange(8):
        case 0:
            return {n: v for n, v in value.items() if n != name}
        case 1:
            new = source.choice((name + " ", name.upper(), "", "x", name[:-1], "😀"))
            return {new if n == name else n: v for n, v in value.items()}
        case 2:
            return {**value, name: value[source.choice([*value])]}
        case _:
            return {**value, name: changed_value(value[name], source)}


def value_for(
    schema: Any, source: random.Random, root: Any = None, depth: int = 0
) -> Any:
    """Return a random value that matches a JSON schema, except in a few places.

    Args:
        schema: schema of the value.
        source: source of random numbers.
        root: document that contains the definitions; by default, the schema itself.
        depth: nesting depth of this value.
    """
    root = schema if root is None else root
    if source.random() < 0.04 or depth > 12 or not isinstance(schema, dict):
        return source.choice(ODD_VALUES)
    if "$ref" in schema:
        found = root
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return value_for(found, source, root, depth + 1)
    for words in ("anyOf", "oneOf"):
        if words in schema:
            return value_for(source.choice(schema[words]), source, root, depth + 1)
    for words in ("enum", "examples"):
        if schema.get(words):
            return source.choice(schema[words])
    if "const" in schema:
        return schema["const"]
    kinds = schema.get("type", ["object", "number", "string"])
    kind = kinds if isinstance(kinds, str) else source.choice(kinds)
    return _DRAWN.get(kind, _odd)(schema, source, root, depth)


Draw = Callable[[dict[str, Any], random.Random, Any, int], Any]


def _object(schema: dict, source: random.Random, root: Any, depth: int) -> Any:
    required = schema.get("required", ())
    return {
        name: value_for(inner, source, root, depth + 1)
        for name, inner in schema.get("properties", {}).items()
        if source.random() < (0.97 if name in required else 0.6)
    }


def _array(schema: dict, source: random.Random, root: Any, depth: int) -> Any:
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", least + 4), least + 6)
    count = source.randint(least, max(most, least))
    items = schema.get("prefixItems")
    inner = [*items] if items else [schema.get("items", {"type": "number"})] * count
    return [value_for(item, source, root, depth + 1) for item in inner]


def _number_in(schema: dict, source: random.Random, root: Any, depth: int) -> Any:
    low = schema.get("minimum", schema.get("exclusiveMinimum", -10))
    high = schema.get("maximum", schema.get("exclusiveMaximum", max(low, 0) + 10))
    if schema.get("type") == "integer":
        return source.randint(int(low), int(max(high, low)))
    return source.choice((low, high, source.uniform(low, high)))


def _text(schema: dict, source: random.Random, root: Any, depth: int) -> Any:
    return source.choice([value for value in ODD_VALUES if isinstance(value, str)])


def _odd(schema: dict, source: random.Random, root: Any, depth: int) -> Any:
    return source.choice(ODD_VALUES)


_DRAWN: dict[str, Draw] = {
    "object": _object,
    "array": _array,
    "number": _number_in,
    "integer": _number_in,
    "string": _text,
    "boolean": lambda schema, source, root, depth: source.random() < 0.5,
    "null": lambda schema, source, root, depth: None,
}
