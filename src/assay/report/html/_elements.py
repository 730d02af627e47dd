"""Builds HTML elements as strings, with all text and attributes escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NewType

__all__ = [
    "Html",
    "element",
    "empty_element",
    "pairs",
    "section",
    "shown",
    "table",
    "text",
]

Html = NewType("Html", str)
"""HTML markup. Plain text must be escaped with `text`."""


def shown(value: object) -> str:
    """Return a value as one line of text, with "?" in place of control characters.

    Names of columns, classes and files may contain terminal escape codes or characters
    that change the text direction.

    Example:
        >>> shown("a" + chr(27) + "[31m"), shown("one\\ntwo")
        ('a?[31m', 'one two')
    """
    words = "".join(" " if mark in "\n\r\t" else mark for mark in str(value))
    return "".join(mark if mark.isprintable() else "?" for mark in words)


def text(value: object) -> Html:
    """Return a value as escaped text without control characters.

    Example:
        >>> text("<b>")
        '&lt;b&gt;'
    """
    return Html(escape(shown(value)))


def element(tag: str, *children: Html, **attributes: object) -> Html:
    """Return an element with its children; attributes that are None are omitted.

    Args:
        tag: name of the tag.
        children: markup; see `text`.
        attributes: attributes by name; "_" is replaced with "-", and "class_" with
            "class".

    Example:
        >>> element("p", text("1 < 2"), class_="note", aria_label="a comparison")
        '<p class="note" aria-label="a comparison">1 &lt; 2</p>'
    """
    return Html(f"<{tag}{_attributes(attributes)}>{''.join(children)}</{tag}>")


def empty_element(tag: str, **attributes: object) -> Html:
    """Return an element that cannot have children, such as `meta`."""
    return Html(f"<{tag}{_attributes(attributes)}>")


def _attributes(attributes: dict[str, object]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{text(value)}"'
        for name, value in attributes.items()
        if value is not None
    )


def section(title: str, *children: Html, name: str) -> Html:
    """Return a section with a heading."""
    heading = element("h2", text(title), id=f"{name}-title")
    return element(
        "section", heading, *children, id=name, aria_labelledby=f"{name}-title"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """Return a table in which the first cell of each row is the row's header.

    Args:
        head: column names.
        rows: cell values, which are escaped.
    """
    names = [element("th", text(name), scope="col") for name in head]
    body = [
        element(
            "tr",
            element("th", text(first), scope="row"),
            *(element("td", text(cell)) for cell in cells),
        )
        for first, *cells in rows
    ]
    top = element("thead", element("tr", *names))
    return element("table", top, element("tbody", *body))


def pairs(items: Iterable[tuple[str, object]]) -> Html:
    """Return a description list of names and values."""
    rows = [
        element("div", element("dt", text(name)), element("dd", text(value)))
        for name, value in items
    ]
    return element("dl", *rows)
