"""The styles of numbers and dates, and the names under which they are stored."""

from dataclasses import dataclass

__all__ = [
    "DAY_FIRST",
    "DECIMAL_COMMA",
    "MONTH_FIRST",
    "OFFSETS_AT_MIDNIGHT",
    "ORDINAL_ENDINGS",
    "THOUSANDS_POINTS",
    "UTC_OFFSETS",
    "Style",
    "describe_style",
    "split_style",
    "with_unit",
]

DECIMAL_COMMA = "decimal comma"

THOUSANDS_POINTS = "points between thousands"

ORDINAL_ENDINGS = "ordinal endings"

DAY_FIRST = "day first"

MONTH_FIRST = "month first"

UTC_OFFSETS = "UTC offsets"

OFFSETS_AT_MIDNIGHT = f"{UTC_OFFSETS} at midnight"
"""Style of dates such as 2024-12-31T00:00+09:00, whose offsets are ignored."""

_UNIT_NAME = "unit "
_ARTICLES = {DECIMAL_COMMA: "a ", THOUSANDS_POINTS: "", ORDINAL_ENDINGS: ""}
_ARTICLES |= {UTC_OFFSETS: "", OFFSETS_AT_MIDNIGHT: ""}


@dataclass(frozen=True)
class Style:
    """The format of the numbers or dates in a column.

    Args:
        name: "decimal comma", "points between thousands", "ordinal endings", "day
            first", "month first" or "UTC offsets"; for numbers with a unit, for example
            "unit kg" or "decimal comma, unit kg"; "" if the format is unambiguous.
        problem: the reason the column cannot be read, with a fix; "" if it can be
            read.
        num_cells: number of affected cells, if the problem concerns dates.
    """

    name: str = ""
    problem: str = ""
    num_cells: int = 0


def split_style(style: str) -> tuple[str, str]:
    """Split a style into its decimal format and its unit.

    Example:
        >>> split_style("decimal comma, unit kg")
        ('decimal comma', 'kg')
    """
    decimals, _, unit = style.rpartition(_UNIT_NAME)
    return (decimals.removesuffix(", "), unit) if _UNIT_NAME in style else (style, "")


def with_unit(style: str, unit: str) -> str:
    """Add a unit to a style. This is the inverse of `split_style`."""
    return ", ".join(filter(None, [style, f"{_UNIT_NAME}{unit}"]))


def describe_style(style: str) -> str:
    """Return a phrase that describes a style, to be added to "numbers" or "dates".

    Example:
        >>> describe_style("decimal comma, unit kg")
        " with a decimal comma and the unit 'kg'"
        >>> describe_style("")
        ''
    """
    name, unit = split_style(style)
    names = name.split(", ") if name else []
    words = [f"{_ARTICLES.get(part, 'the ')}{part}" for part in names]
    words += [f"the unit {unit!r}"] if unit else []
    return f" with {' and '.join(words)}" if words else ""
