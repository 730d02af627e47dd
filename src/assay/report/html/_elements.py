"""Builds HTML elements as strings, with all text and attributes escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NewType

__all__ = [
    "Html",
    "element",
    "empty_element",
    "figure",
    "listing",
    "pairs",
    "section",
    "table",
    "table_figure",
    "text",
]

Html = NewType("Html", str)
"""Type for markup. Plain strings are text and must be escaped with `text`."""


def text(value: object) -> Html:
    """Return a value as escaped text, with control characters replaced by ?.

    Names of columns, classes and files may contain markup, terminal escape codes, or
    characters that change the direction of text.

    Example:
        >>> text("<b>"), text("a" + chr(27) + "[31m"), text("one\\ntwo")
        ('&lt;b&gt;', 'a?[31m', 'one two')
    """
    words = "".join(" " if mark in "\n\r\t" else mark for mark in str(value))
    return Html(escape("".join(m if m.isprintable() else "?" for m in words)))


def element(tag: str, *children: Html, **attributes: object) -> Html:
    """Return an element with its children; attributes that are None are omitted.

    Args:
        tag: name of the tag.
        children: markup; see `text`.
        attributes: attributes by name. "_" stands for "-", and "class_" for "class".

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
    """Return a section with its heading."""
    heading = element("h2", text(title), id=f"{name}-title")
    return element(
        "section", heading, *children, id=name, aria_labelledby=f"{name}-title"
    )


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    caption: str,
    wraps: bool = False,
) -> Html:
    """Return a table in which the first cell of each row is the row's header.

    Args:
        head: names of the columns.
        rows: values of the cells, which are escaped.
        caption: caption of the table.
        wraps: whether cells may wrap; disable it to keep numbers on one line.
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
    inner = element(
        "table",
        element("thead", element("tr", *names)),
        element("tbody", *body),
        class_=None if wraps else "numbers",
    )
    return table_figure(inner, caption)


def table_figure(inner: Html, caption: str) -> Html:
    """Return a table and its caption in a scrollable, focusable frame.

    The caption is outside the table. Otherwise, narrow tables would wrap it into many
    lines, and wide tables would scroll it out of view.
    """
    frame = element(
        "div",
        inner,
        class_="scrollable",
        tabindex="0",
        role="region",
        aria_label=caption,
    )
    return element("figure", element("figcaption", text(caption)), frame)


def figure(drawn: Html, caption: str) -> Html:
    """Return a drawing with its caption."""
    return element("figure", drawn, element("figcaption", text(caption)))


def pairs(items: Iterable[tuple[str, object]], *, class_: str | None = None) -> Html:
    """Return a definition list of names and values."""
    rows = [
        element("div", element("dt", text(name)), element("dd", text(value)))
        for name, value in items
    ]
    return element("dl", *rows, class_=class_)


def listing(items: Iterable[str], *, class_: str | None = None) -> Html:
    """Return a list of sentences; empty if there are none."""
    entries = [element("li", text(item)) for item in items]
    return element("ul", *entries, class_=class_) if entries else Html("")
