"""Formats numbers, tables and paragraphs as plain text."""

import math
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assay._terminal import printable

__all__ = [
    "WIDTH",
    "Record",
    "count",
    "entry",
    "figures",
    "measured",
    "page",
    "seconds",
    "setting",
    "table",
]

WIDTH = 88
"""Maximum width of a line, in characters."""

Record = Mapping[str, Any]
"""The summary of a run or a part of it."""

_LABEL = 12  # width of the labels to the left of the text
_LONGEST = 1e15  # larger numbers are written with an exponent
_SMALLEST = 1e-5  # smaller numbers are written with an exponent
_MOST_DECIMALS = 6
_DASH = "–"
_WORD = r"""(?:'[^']*'|"[^"]*"|[^\s'"])+"""
_OPTIONS = re.compile(rf"--[a-z][\w-]* {_WORD}(?: --[a-z][\w-]* {_WORD})*")


def figures(*values: float | None) -> list[str]:
    """Format related numbers with the same number of decimals. None becomes a dash.

    The largest number determines the number of decimals: three if it is below 10, fewer
    if it is larger, and enough for three significant digits if it is small. More
    decimals are used if the first number would otherwise be rounded to 0 or 1.

    Example:
        >>> figures(0.97778, 0.95228, 0.99)
        ['0.978', '0.952', '0.990']
        >>> figures(0.99996), figures(61.314, None), figures(12345.6), figures(1)
        (['0.99996'], ['61.31', '–'], ['12,346'], ['1.000'])
        >>> figures(1.25e-12, 0.0)
        ['1.25e-12', '0']
    """
    known = [value for value in values if value is not None and math.isfinite(value)]
    largest = max(map(abs, known), default=1.0)
    if largest >= _LONGEST or 0 < largest < _SMALLEST:
        return [_DASH if value not in known else f"{value:.4g}" for value in values]
    decimals = _decimals(largest)
    while decimals < _MOST_DECIMALS and any(_hides(v, decimals) for v in known[:1]):
        decimals += 1
    return [
        f"{value:,.{decimals}f}"
        if value is not None and math.isfinite(value)
        else _DASH
        for value in values
    ]


def _decimals(largest: float) -> int:
    if largest >= 10:
        return max(3 - math.floor(math.log10(largest)), 0)
    if largest >= 0.01 or largest == 0:
        return 3
    return min(2 - math.floor(math.log10(largest)), _MOST_DECIMALS)


def _hides(value: float, decimals: int) -> bool:
    """Return whether a number would be rounded to 0 or 1 but is neither."""
    return round(value, decimals) in (0, 1) and value not in (0, 1)


def measured(part: Any) -> tuple[str, str]:
    """Format a value and its interval.

    Example:
        >>> measured({"value": 0.97778, "interval": [0.95228, 0.99]})
        ('0.978', '[0.952, 0.990]')
        >>> measured({"value": None, "interval": None})
        ('–', '')
    """
    low, high = part["interval"] or (None, None)
    value, low, high = figures(part["value"], low, high)
    return value, f"[{low}, {high}]" if part["interval"] else ""


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Format a number with the singular or plural form of a noun.

    Example:
        >>> count(1797, "example"), count(1, "class", "classes")
        ('1,797 examples', '1 class')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def setting(value: Any) -> str:
    """Format a hyperparameter value.

    Example:
        >>> setting(0.0031622776), setting(64), setting("adam"), setting(True)
        ('0.00316', '64', 'adam', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def seconds(duration: float | None) -> str:
    """Format a duration.

    Example:
        >>> seconds(0.42), seconds(12.34), seconds(3723.0)
        ('0.4 s', '12.3 s', '1 h 2 min')
    """
    if duration is None or not math.isfinite(duration):
        return _DASH
    if duration < 120:
        return f"{duration:.1f} s"
    minutes = round(duration / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def page(lines: Iterable[str]) -> str:
    r"""Join lines and escape their control characters.

    Example:
        >>> print(page(["a\x1b[31m", "b"]))
        a\x1b[31m
        b
    """
    return "\n".join(printable(line).replace("\n", r"\n") for line in lines)


def entry(label: str, *paragraphs: str) -> list[str]:
    """Format paragraphs next to a label, wrapped to the page width.

    Command-line options stay on one line, so that they can be copied.
    """
    indent = " " * (_LABEL + 2)
    lines: list[str] = []
    for paragraph in paragraphs:
        whole = _OPTIONS.sub(lambda match: match[0].replace(" ", "\0"), paragraph)
        wrapped = textwrap.wrap(
            whole, WIDTH - len(indent), break_on_hyphens=False, break_long_words=False
        )
        lines += [line.replace("\0", " ") for line in wrapped] or [""]
    first = f"  {label:<{_LABEL}}"
    return [(first if i == 0 else indent) + line for i, line in enumerate(lines)]


def table(
    rows: Iterable[Sequence[str]],
    *,
    head: Sequence[str] = (),
    numbers: Sequence[int] = (),
    indent: int = 0,
) -> list[str]:
    """Align cells in columns; the columns in `numbers` are aligned at decimal points.

    Example:
        >>> for line in table([["a", "1.5"], ["bc", "10.25"]], numbers=[1]):
        ...     print(line)
        a    1.5
        bc  10.25
    """
    columns: list[list[str]] = []
    for place, cells in enumerate(zip(*rows, strict=True)):
        texts = _aligned_at_point(cells) if place in numbers else list(cells)
        texts = [*head[place : place + 1], *texts]
        width = max(map(len, texts), default=0)
        columns.append([text.ljust(width) for text in texts])
    lines = ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]
    return [" " * indent + line for line in lines]


def _aligned_at_point(cells: Sequence[str]) -> list[str]:
    lefts = [cell.partition(".")[0] for cell in cells]
    width = max(map(len, lefts), default=0)
    pairs = zip(cells, lefts, strict=True)
    return [" " * (width - len(left)) + cell for cell, left in pairs]
