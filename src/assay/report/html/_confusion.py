"""Renders a confusion matrix as a table of counts, shaded relative to the row total."""

from collections.abc import Sequence

from assay.report.html._elements import Html, element, table_figure, text
from assay.report.html.charts._svg import shorten

__all__ = ["confusion_table"]

_LONGEST_NAME = 22
_LEVELS = 10  # levels of shading, each with a class in the style sheet


def confusion_table(counts: Sequence[Sequence[int]], names: Sequence[str]) -> Html:
    """Return the matrix, with true classes as rows and predictions as columns.

    Args:
        counts: (k, k) numbers of test rows.
        names: names of the k classes.
    """
    short = [shorten(name, _LONGEST_NAME) for name in names]
    arrows = (element("span", text(words)) for words in ("predicted →", "true ↓"))
    corner = element("td", *arrows, class_="corner")
    head = element("tr", corner, *(_column_name(name) for name in short))
    body = [_row(place, row, short[place]) for place, row in enumerate(counts)]
    matrix = element(
        "table",
        element("thead", head),
        element("tbody", *body),
        class_=f"confusion {_density(len(names))}",
    )
    return table_figure(
        matrix,
        "Confusion matrix: rows are true classes, and columns are predictions. Shading "
        "shows the fraction of the row total.",
    )


def _density(num_classes: int) -> str:
    """Return the density that lets a table fit on a printed page."""
    if num_classes <= 10:
        return "few"
    return "some" if num_classes <= 18 else "many"


def _column_name(name: str) -> Html:
    long = "long" if len(name) > 6 else None
    return element("th", element("span", text(name)), scope="col", class_=long)


def _row(place: int, row: Sequence[int], name: str) -> Html:
    total = sum(row) or 1
    cells = [
        element("td", text(f"{size:,}"), class_=_shade(size, total, column == place))
        for column, size in enumerate(row)
    ]
    return element("tr", element("th", text(name), scope="row"), *cells)


def _shade(size: int, total: int, is_right: bool) -> str:
    """Return the CSS classes of a cell: the shade, and "right" for correct predictions.

    Any count above 0 is shaded, even a single mistake among thousands.

    Example:
        >>> _shade(27, 27, True), _shade(1, 1000, False), _shade(0, 27, False)
        ('s10 right', 's1', 's0')
    """
    level = max(round(_LEVELS * size / total), 1) if size else 0
    return f"s{level}{' right' if is_right else ''}"
