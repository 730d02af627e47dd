"""Writes Markdown and escapes user text so it is not interpreted as markup."""

import re
from collections.abc import Iterable, Sequence

from assay._terminal import printable

__all__ = ["code", "code_block", "escaped", "items", "section", "table"]

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def escaped(text: object) -> str:
    """Return text on a single line, with all markup escaped.

    Example:
        >>> escaped("a_b <i>")
        'a\\\\_b \\\\<i\\\\>'
    """
    return _MARKUP.sub(r"\\\1", " ".join(printable(str(text)).split()))


def code(text: object) -> str:
    """Return text, such as a name or a value, as inline code.

    Example:
        >>> code("dense1")
        '`dense1`'
    """
    words = " ".join(printable(str(text)).split())
    fence = "`" * (max((len(run) for run in re.findall("`+", words)), default=0) + 1)
    space = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{space}{words}{space}{fence}".replace("|", "\\|")


def code_block(lines: Sequence[str]) -> str:
    """Return lines as a code block."""
    return "\n".join(f"    {printable(line)}" for line in lines)


def items(texts: Iterable[str]) -> str:
    """Return Markdown texts as a bulleted list."""
    return "\n".join(f"- {text}" for text in texts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return cells of Markdown text as a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def section(title: str, *parts: str) -> str:
    """Return a section; empty parts are omitted."""
    return "\n\n".join([f"## {title}", *(part for part in parts if part)])
