"""SVG shapes, whose classes determine their colors in the style sheet."""

from collections.abc import Iterable

import numpy as np

from assay.report.html._elements import Html, element, text

__all__ = [
    "Point",
    "circle",
    "dots",
    "drawing",
    "label",
    "line",
    "number",
    "path",
    "rectangle",
    "shorten",
]

Point = tuple[float, float]
"""Coordinates x (to the right) and y (down), in the units of the drawing."""


def drawing(
    shapes: Iterable[Html],
    *,
    size: tuple[float, float],
    title: str,
    description: str,
    name: str,
) -> Html:
    """Return a drawing that scales with the width of the page.

    Args:
        shapes: shapes in drawing order.
        size: width and height in the units of the shapes.
        title: title for screen readers.
        description: description of the content for screen readers.
        name: identifier that is unique within the page.
    """
    width, height = map(number, size)
    return element(
        "svg",
        element("title", text(title), id=f"{name}-label"),
        element("desc", text(description), id=f"{name}-text"),
        *shapes,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{name}-label",
        aria_describedby=f"{name}-text",
    )


def number(value: float) -> str:
    """Format a coordinate with one decimal, which is precise enough for any screen.

    Example:
        >>> number(12.0), number(3.14159), number(-0.01)
        ('12', '3.1', '0')
    """
    return f"{round(float(value), 1) + 0.0:.1f}".removesuffix(".0")


def line(start: Point, end: Point, class_: str) -> Html:
    """Return a straight line."""
    (x1, y1), (x2, y2) = (map(number, point) for point in (start, end))
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rectangle(corner: Point, size: tuple[float, float], class_: str) -> Html:
    """Return a rectangle, given its upper left corner, width and height."""
    (x, y), (width, height) = map(number, corner), map(number, size)
    return element("rect", x=x, y=y, width=width, height=height, class_=class_)


def circle(center: Point, radius: float, class_: str) -> Html:
    """Return a circle."""
    x, y = map(number, center)
    return element("circle", cx=x, cy=y, r=number(radius), class_=class_)


def label(at: Point, words: str, class_: str | None = None) -> Html:
    """Return a line of text; classes "middle" and "end" change its alignment at x."""
    x, y = map(number, at)
    return element("text", text(words), x=x, y=y, class_=class_)


def path(xs: np.ndarray, ys: np.ndarray, class_: str) -> Html:
    """Return a line through points, with gaps at points that are not finite."""
    steps: list[str] = []
    broken = True
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if not (np.isfinite(x) and np.isfinite(y)):
            broken = True
            continue
        steps.append(f"{'M' if broken else 'L'}{number(x)} {number(y)}")
        broken = False
    return element("path", d="".join(steps), class_=class_)


def dots(xs: np.ndarray, ys: np.ndarray, class_: str) -> Html:
    """Return many points as one shape made of zero-length lines."""
    points = zip(xs.tolist(), ys.tolist(), strict=True)
    marks = "".join(f"M{number(x)} {number(y)}h0" for x, y in points)
    return element("path", d=marks, class_=class_)


def shorten(words: str, length: int) -> str:
    """Truncate a name that is too long.

    Example:
        >>> shorten("linear model", 20), shorten("a very long name", 8)
        ('linear model', 'a very …')
    """
    return words if len(words) <= length else f"{words[: length - 1]}…"
