"""Makes text safe to print, because data may contain terminal control sequences."""

import json
import re

__all__ = ["on_one_line", "printable", "printable_json"]

# Control characters (C0 except tab and line feed, DEL, C1), separators that some
# terminals treat as line feeds, marks that change the direction of text, invisible
# characters except the two that join letters and emoji, and surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    r"""Replace terminal control characters in text with escapes.

    Tabs and line feeds are kept.

    Example:
        >>> print(printable("\x1b[31mred\u202e"))
        \x1b[31mred\u202e
    """
    return _UNSAFE.sub(lambda match: _escape(ord(match[0])), text)


def on_one_line(text: object) -> str:
    r"""Replace tabs, line feeds and other control characters in text with escapes.

    Example:
        >>> print(on_one_line("two\nlines"))
        two\nlines
    """
    return printable(str(text)).replace("\t", "\\t").replace("\n", "\\n")


def printable_json(text: str) -> str:
    r"""Return equivalent JSON that is safe to print.

    Example:
        >>> print(printable_json('"\x9b31m"'))
        "\u009b31m"
    """
    return _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
