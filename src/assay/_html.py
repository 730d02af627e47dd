"""Small HTML tables, which notebooks show instead of an object's repr."""

from collections.abc import Iterable, Sequence
from html import escape

from assay._terminal import printable

__all__ = ["html_row", "html_table", "html_text"]

# marimo's pages remove the default padding of table cells
_STYLE = ' style="padding: 0.15em 0.6em; text-align: left; vertical-align: top"'


def html_text(value: object) -> str:
    """Return a value as text, with HTML characters escaped.

    Example:
        >>> html_text("<b>")
        '&lt;b&gt;'
    """
    return escape(printable(str(value)))


def html_table(
    caption: str, rows: Iterable[Sequence[object]], *, head: Sequence[str] = ()
) -> str:
    """Return a table of escaped text, with row names in the first column.

    Args:
        caption: title of the table.
        rows: cells of each row.
        head: column names; if empty, the table has no header row.

    Example:
        >>> html_table("a & b", [["x", 1]]).partition("<tbody>")[0]
        '<table><caption>a &amp; b</caption>'
    """
    names = "".join(f"<th{_STYLE}>{html_text(name)}</th>" for name in head)
    top = f"<thead><tr>{names}</tr></thead>" if head else ""
    body = "".join(
        html_row(first, *(html_text(cell) for cell in rest)) for first, *rest in rows
    )
    title = f"<caption>{html_text(caption)}</caption>"
    return f"<table>{title}{top}<tbody>{body}</tbody></table>"


def html_row(name: object, *cells: str) -> str:
    """Return a row of a table.

    Args:
        name: name of the row, as text.
        cells: the other cells, as HTML.
    """
    others = "".join(f"<td{_STYLE}>{cell}</td>" for cell in cells)
    return f"<tr><th{_STYLE}>{html_text(name)}</th>{others}</tr>"
