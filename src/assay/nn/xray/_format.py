"""Formats x-rays as text in the style of worked examples."""

import math
import textwrap
from typing import Any

from assay.nn.xray._calculation import Line, Term

__all__ = ["columns_text", "detail_text", "line_text", "number_text", "wrapped"]

_WIDTH = 88
_FIGURES = 4  # number of significant figures to show
_JOINED = "\N{NO-BREAK SPACE}"  # prevents line breaks until replaced with a space
_MAX_ROWS = 12  # table rows that fit on a screen below the calculation


def number_text(value: float) -> str:
    """Format a number with four significant figures.

    Example:
        >>> number_text(4.0), number_text(-0.123456), number_text(-0.0)
        ('4', '-0.1235', '0')
    """
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.{_FIGURES}g}"


def line_text(line: Line, most: int | None) -> list[str]:
    """Format a line of a calculation.

    Args:
        line: line to format.
        most: maximum number of terms to write, with "…" for the rest; None for all.
    """
    kept: list[Term | None] = list(line.terms)
    if most is not None and len(kept) > most:
        last = max(most // 4, 1)  # keep the bias, which is the last term
        kept = [*kept[: most - last], None, *kept[-last:]]
    body = _body(line, kept)
    value = number_text(line.value)
    text = f"{line.name} = {body}"
    if body != value:
        text += f" ={_JOINED}{value}"
    symbols = {t.symbol: t.value for t in line.terms if t.symbol}
    equals = f"{_JOINED}={_JOINED}"
    where = ", ".join(f"{name}{equals}{number_text(v)}" for name, v in symbols.items())
    return wrapped(f"{text}, with {where}" if where else text)


def _body(line: Line, kept: list[Term | None]) -> str:
    if line.operation == "max":
        return f"max({', '.join('…' if t is None else _term(t) for t in kept)})"
    total = _sum(kept)
    if line.operation == "sum":
        return total
    if line.operation == "mean":
        return f"({total})/{len(line.terms)}"
    return f"{line.operation}({total})"


def _sum(kept: list[Term | None]) -> str:
    if not kept:
        return "0"
    text = ""
    for term in kept:
        if term is None:
            text += " + …"
        elif not text:
            text = _term(term)
        elif len(term.factors) == 1 and not term.symbol and term.value < 0:
            text += f" - {number_text(-term.value)}"
        else:
            text += f" + {_term(term, inside=True)}"
    return text


def _term(term: Term, *, inside: bool = False) -> str:
    if term.symbol:
        return term.symbol
    numbers = [number_text(factor) for factor in term.factors]
    if len(numbers) == 1:
        return numbers[0]
    signed = [
        f"({n})" if n.startswith("-") and (inside or place) else n
        for place, n in enumerate(numbers)
    ]
    return "·".join(signed)


def detail_text(key: str, value: Any) -> list[str]:
    """Format a named detail: a value, a mapping or a list of table rows."""
    label = key.replace("_", " ")
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return _table(value)
    if isinstance(value, dict):
        items = ", ".join(f"{name} {_plain(item)}" for name, item in value.items())
        return wrapped(f"{label}: {items}")
    return wrapped(f"{label}: {_plain(value)}")


def _plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_plain, value))})"
    return str(value)


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """Format rows as a table, omitting all but the last `_MAX_ROWS` rows."""
    shown = [[_plain(cell) for cell in row.values()] for row in rows[-_MAX_ROWS:]]
    columns = [list(cells) for cells in zip(list(rows[0]), *shown, strict=True)]
    widths = [max(map(len, cells)) for cells in columns]
    lines = []
    for place in range(len(shown) + 1):
        cells = zip(columns, widths, strict=True)
        lines.append("  " + "  ".join(c[place].rjust(width) for c, width in cells))
    if len(rows) > _MAX_ROWS:
        lines.insert(1, f"  … {len(rows) - _MAX_ROWS} earlier rows")
    return lines


def columns_text(rows: list[list[str]]) -> str:
    """Format rows of cells as aligned columns.

    Example:
        >>> print(columns_text([["layer", "kind"], ["output", "dense"]]))
        layer   kind
        output  dense
    """
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def wrapped(text: str) -> list[str]:
    """Break text into indented lines."""
    lines = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_JOINED, " ") for line in lines]
