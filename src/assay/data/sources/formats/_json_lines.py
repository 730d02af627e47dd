"""Reads files with one JSON object per line."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from assay._errors import InputError
from assay._load_json import load_json
from assay.data.table._nesting import MOST_LEVELS

__all__ = ["parse_json_lines", "utf8_of"]

_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_SHOWN = 20  # maximum number of digits of a number shown in a message
_CHECKED_BYTES = 1 << 20
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_NO_BRACKETS = bytes({*range(256)} - {*b"[]{}\n"})
# The row itself is an object, which adds a level.
_DEEP = re.compile(rb"[\[{]{%d}" % (MOST_LEVELS + 2))
# Escaped surrogates come in pairs, such as \ud83d\ude00. Unpaired ones match group 1.
_SURROGATE = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_MAY_BE_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_JSON_TYPES = {
    bool: "booleans",
    int: "numbers",
    float: "numbers",
    str: "strings",
    list: "lists",
    dict: "objects",
}
_EXAMPLE = '{"size": 1.5, "kind": "a"}'


def utf8_of(content: bytes) -> bytes:
    """Return text as UTF-8 without a byte order mark."""
    if content.startswith(_UTF16_BOMS):
        return content.decode("utf-16").encode()
    return content.removeprefix(_BOM)


def parse_json_lines(path: Path, content: bytes) -> pl.DataFrame:
    """Return the objects in a file, one per line, as rows.

    If polars rejects the file, the lines are parsed in Python, which also accepts NaN
    for missing numbers.

    Raises:
        InputError: a line is not an object or is nested too deeply, the values of a key
            have incompatible types, an object repeats a key, or a character or number
            cannot be represented.
    """
    _check_characters(path, content)
    _check_nesting(path, content)
    try:
        frame = pl.read_ndjson(content, infer_schema_length=None)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        _check_encoding(path, content)
        rows = _objects(path, content)
        if b"NaN" not in content and b"Infinity" not in content:
            reason = _mixed(rows) or str(error).splitlines()[0]
            raise InputError(
                f"{str(path)!r} mixes types: {reason}. Use the same type for all "
                "values of a key."
            ) from error
        frame = pl.DataFrame(rows, infer_schema_length=None, strict=False)
    _check_keys(path, content, frame)
    _check_no_columns(path, frame)
    return frame


def _check_characters(path: Path, content: bytes) -> None:
    """Raise an InputError for half of an escaped character, which polars changes."""
    if not _MAY_BE_SURROGATE.search(content):
        return
    for match in _SURROGATE.finditer(content):
        if match[1]:
            raise InputError(
                f"{_line(path, content, match.start())} contains {match[1].decode()}, "
                "which is half of a character. Write both halves, or leave it out."
            )


def _check_encoding(path: Path, content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{_line(path, content, error.start)} is not UTF-8 text. Save the file "
            "again as UTF-8."
        ) from None


def _line(path: Path, content: bytes, position: int) -> str:
    number = content.count(b"\n", 0, position) + 1
    return f"Line {number} of {str(path)!r}"


def _check_no_columns(path: Path, frame: pl.DataFrame) -> None:
    """Raise an InputError if a single object contains the columns of a table."""
    row = frame.row(0) if frame.height == 1 else ()
    lengths = {len(cell) for cell in row if isinstance(cell, list | dict)}
    are_columns = len(row) > 1 and all(dtype.is_nested() for dtype in frame.dtypes)
    if are_columns and len(lengths) == 1 and lengths != {1}:
        raise InputError(
            f"{str(path)!r} contains one object with whole columns. Write one object "
            f"per line: pd.read_json({path.name!r}).to_json('{path.stem}-rows.jsonl', "
            "orient='records', lines=True) in pandas."
        )


def _check_nesting(path: Path, content: bytes) -> None:
    """Raise an InputError if a line is nested so deeply that polars would be slow.

    The run time of polars grows with the cube of the number of levels.
    """
    if not _is_deep(content):
        return
    for number, line in enumerate(content.splitlines(), 1):
        if _is_deep(line) and _is_deep(_STRING.sub(b"", line)):
            raise InputError(
                f"Line {number} of {str(path)!r} contains values that are nested more "
                f"than {MOST_LEVELS} levels deep. Leave them out, or write the numbers "
                "for each key as one list."
            )


def _is_deep(text: bytes) -> bool:
    """Return whether brackets are nested too deeply, including those in strings."""
    return _DEEP.search(text.translate(None, _NO_BRACKETS)) is not None


def _check_keys(path: Path, content: bytes, frame: pl.DataFrame) -> None:
    """Raise an InputError if an object repeats a key, because a value would be lost.

    A repeated key usually occurs in every object, so only the first lines are checked
    unless a frame without nested values has fewer cells than the file has keys.
    """
    is_flat = not any(dtype.is_nested() for dtype in frame.dtypes)
    has_more = content.count(b'":') > frame.height * frame.width
    if not (is_flat and has_more):
        end = content.find(b"\n", _CHECKED_BYTES)
        content = content if end < 0 else content[:end]
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        names = [name for name, _ in load_json(line, object_pairs_hook=list)]
        if len(set(names)) < len(names):
            name = next(name for name in names if names.count(name) > 1)
            raise InputError(
                f"Line {number} of {str(path)!r} has the key {name!r} more than once. "
                "Rename all but one."
            )


def _objects(path: Path, content: bytes) -> list[dict[str, object]]:
    rows, large = [], []
    parsers = {
        f"parse_{kind.__name__}": partial(_number, kind=kind, large=large)
        for kind in (int, float)
    }
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = load_json(line, object_pairs_hook=dict, **parsers)
        except ValueError as error:
            raise InputError(_not_an_object(path, number, str(error))) from None
        if not isinstance(row, dict):
            reason = f"it is a {type(row).__name__}"
            raise InputError(_not_an_object(path, number, reason))
        if large:
            raise InputError(
                f"Line {number} of {str(path)!r} contains the number {large[0]}, but "
                "numbers must be below 1.8e308. Correct it, or write null."
            )
        rows.append(row)
    return rows


def _mixed(rows: Sequence[Mapping[str, object]]) -> str:
    """Describe the first key with values of two types; "" if there is none."""
    first: dict[str, str] = {}
    for row in rows:
        for key, value in row.items():
            if value is None:
                continue
            kind = _JSON_TYPES[type(value)]
            if kind != first.setdefault(key, kind):
                return f"{key!r} contains {first[key]} and {kind}"
    return ""


def _number(text: str, kind: Callable[[str], float], large: list[str]) -> float:
    """Return a number; if it is too large, add the beginning of its text to `large`.

    Python would return infinity, or an integer that no column can contain.
    """
    if math.isinf(float(text)):
        large.append(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
        return math.inf
    return kind(text)


def _not_an_object(path: Path, number: int, reason: str) -> str:
    return (
        f"Line {number} of {str(path)!r} is not a JSON object: {reason}. Write one "
        f"object per line, such as {_EXAMPLE}, without commas between the lines."
    )
