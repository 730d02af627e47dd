"""Removes the lines that database shells and Markdown draw around tables."""

import re

__all__ = ["without_drawn_lines"]

_FIRST_LINES = 5  # a drawn table has a rule among its first lines
_RULE = re.compile(r"[ \t]*[+|:=\-─━═│┃┼╪├┤┌┐└┘┬┴╞╡╔╗╚╝╠╣╦╩╬║ \t]+")
_BOX = str.maketrans("│┃║", "|||")
_COUNT = re.compile(
    r"(?i)\s*\(?\d+ (rows?|records?)( in set| affected| selected)?.*\)?"
)


def without_drawn_lines(content: bytes) -> bytes:
    """Return a table without the lines that separate its names, rows and columns.

    Database shells and Markdown draw tables with dashes and bars.

    Example:
        >>> drawn = "| a | b |\\n|---|---|\\n| 1 | 2 |\\n| 3 | 4 |\\n"
        >>> without_drawn_lines(drawn.encode())
        b' a | b \\n 1 | 2 \\n 3 | 4 \\n'
        >>> without_drawn_lines(b"a,b\\n1,2\\n")
        b'a,b\\n1,2\\n'
    """
    start = content[: 1 << 20].decode(errors="replace")
    first = [line for line in start.split("\n") if line.strip()][:_FIRST_LINES]
    if not any(map(_is_rule, first)):
        return content
    lines = content.decode(errors="replace").replace("\r", "").translate(_BOX)
    kept = [line for line in lines.split("\n") if line.strip() and not _is_rule(line)]
    if kept and _COUNT.fullmatch(kept[-1]):
        kept.pop()
    if not kept or not all("|" in line for line in kept):
        return content
    if all(re.fullmatch(r"\s*\|.*\|\s*", line) for line in kept):
        kept = [line.strip()[1:-1] for line in kept]
    return "\n".join([*kept, ""]).encode()


def _is_rule(line: str) -> bool:
    """Return whether a line consists only of dashes and crossing bars."""
    has_bars = re.search(r"[+|┼╪├┌└╞╔╠╚]", line) is not None
    return has_bars and bool(_RULE.fullmatch(line) and re.search(r"[-=─━═]{2}", line))
