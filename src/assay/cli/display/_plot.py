"""Draws a curve as text with Braille characters, which have eight dots each."""

from collections.abc import Sequence

__all__ = ["plot"]

WIDTH, HEIGHT = 88, 13  # size in characters, including the axes
_LABEL = 9
# The bit that encodes each dot of a Braille character, row by row.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def plot(
    values: Sequence[float], *, x_range: tuple[float, float], unit: str = ""
) -> list[str]:
    """Plot equally spaced values as a curve with axes.

    Args:
        values: at least two finite values.
        x_range: x coordinates of the first and last value.
        unit: unit of x, appended to the tick labels.

    Returns:
        Lines of at most 88 characters.

    Example:
        >>> lines = plot([0.0, 1.0], x_range=(0, 10))
        >>> len(lines), max(map(len, lines))
        (15, 88)
    """
    low, high = min(0.0, *values), max(values)
    if low == high:
        high = low + 1
    columns, rows = WIDTH - _LABEL - 1, HEIGHT
    wide, tall = 2 * columns, 4 * rows
    canvas = [[0] * columns for _ in range(rows)]
    before = None
    for x in range(wide):
        value = values[round(x * (len(values) - 1) / (wide - 1))]
        y = round((high - value) / (high - low) * (tall - 1))
        first, last = (y, y) if before is None else sorted((y, before))
        for dot in range(first + (before is not None and first < y), last + 1):
            canvas[dot // 4][x // 2] |= _DOTS[dot % 4][x % 2]
        canvas[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
        before = y
    lines = []
    for row, characters in enumerate(canvas):
        level = high - (high - low) * row / (rows - 1)
        label = f"{level:.3g}" if row % 3 == 0 else ""
        mark = "┤" if label else "│"
        curve = "".join(chr(0x2800 + bits) if bits else " " for bits in characters)
        lines.append(f"{label:>{_LABEL}}{mark}{curve}".rstrip())
    return [*lines, " " * _LABEL + "└" + "─" * columns, _x_axis(x_range, unit)]


def _x_axis(x_range: tuple[float, float], unit: str) -> str:
    """Return a line of tick labels for five evenly spaced x values."""
    columns = WIDTH - _LABEL - 1
    characters = [" "] * WIDTH
    for part in range(5):
        value = x_range[0] + (x_range[1] - x_range[0]) * part / 4
        text = f"{value:.3g}{unit}"
        position = _LABEL + 1 + round(part / 4 * (columns - 1)) - len(text) // 2
        position = min(position, WIDTH - len(text))
        characters[position : position + len(text)] = text
    return "".join(characters).rstrip()
