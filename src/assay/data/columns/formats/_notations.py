"""Converts numbers and times with unusual characters or words to plain notation."""

import sys
import unicodedata
from functools import cache

import polars as pl

__all__ = ["ordinary_notation"]

_OTHER_DIGIT = r"[\p{Nd}--[0-9]]"
_OTHER_MARKS = {"٫": ".", "．": ".", "٬": ",", "，": ",", "％": "%", "٪": "%"}
_DASH = r"^([€$£¥(]?)[−–‐‑‒﹣－]\s?([\d.,€$£¥(])"
_POWER = r"^(.*\d)\s*[×xX*·]\s*10\s*(?:\^|\*\*)\s*\(?([+-]?\d+)\)?(.*)$"
_LONE_POWER = r"^([+-]?)10\s*(?:\^|\*\*)\s*\(?([+-]?\d+)\)?$"
# In spreadsheets, an apostrophe marks text that looks like a number. Text with leading
# zeros is excluded, because it is usually a code.
_MARKED_TEXT = r"^'([+-]?(?:[1-9][\d.,]*|0(?:[.,]\d+)?))$"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_RAISED_POWER = rf"^(?<factor>.*\d)\s*[×xX*·]\s*10(?<power>[{_RAISED}]+)(?<rest>.*)$"
_FORTRAN_POWER = r"^([+-]?\d*\.\d*)[dD]([+-]?\d+)$"
# Times of day in German, Dutch and the Scandinavian languages
_FULL_HOUR = r"^(?:[Kk]l\.? ?(\d{1,2})|(\d{1,2}) ?(?:Uhr|uur))$"
_CLOCK = r"^(?:[Kk]l\.? ?(\d{1,2})[.:]([0-5]\d)|(\d{1,2})[.:]([0-5]\d) ?(?:Uhr|uur))$"
# The notations above are rare, so this quick search rules out most columns.
_UNUSUAL = (
    rf"{_OTHER_DIGIT}|^[€$£¥(]?[−–‐‑‒﹣－]|10\s*(?:\^|\*\*|[{_RAISED}])"
    r"|^[+-]?\d*\.\d*[dD][+-]?\d|^'|^\d[\d.:]* ?(?:Uhr|uur)$|^[Kk]l\.? ?\d"
)


def ordinary_notation(text: pl.Series) -> pl.Series:
    """Rewrite numbers with the digits 0 to 9, a plain minus sign and "e" for exponents.

    Times of day such as 7.30 Uhr are rewritten with a colon.

    Example:
        >>> ordinary_notation(pl.Series(["–5", "1.5×10^3", "٣٤", "'7"])).to_list()
        ['-5', '1.5e3', '34', '7']
        >>> ordinary_notation(pl.Series(["7.30 Uhr", "kl. 19"])).to_list()
        ['7:30', '19:00']
    """
    if not text.str.contains(_UNUSUAL).any():
        return text
    if text.str.contains(_OTHER_DIGIT).any():
        has_digits = text.str.contains(_OTHER_DIGIT).fill_null(False)
        replaced = text.str.replace_many({**_other_digits(), **_OTHER_MARKS})
        text = replaced.zip_with(has_digits, text)
    text = text.str.replace(_DASH, "$1-$2")
    text = text.str.replace(_POWER, "${1}e$2$3").str.replace(_LONE_POWER, "${1}1e$2")
    text = text.str.replace(_FORTRAN_POWER, "${1}e$2")
    text = text.str.replace(_MARKED_TEXT, "$1")
    text = text.str.replace(_FULL_HOUR, "${1}${2}:00")
    text = text.str.replace(_CLOCK, "${1}${3}:${2}${4}")
    if not text.str.contains(_RAISED_POWER).any():
        return text
    part = text.str.extract_groups(_RAISED_POWER).struct.field
    power = part("power").str.replace_many(list(_RAISED), list("0123456789+-"))
    written = part("factor") + "e" + power + part("rest")
    return written.fill_null(text).alias(text.name)


@cache
def _other_digits() -> dict[str, str]:
    """Return a mapping from digits of other scripts to 0 to 9, such as "٣" to "3"."""
    characters = map(chr, range(128, sys.maxunicode + 1))
    return {
        character: str(unicodedata.decimal(character))
        for character in characters
        if unicodedata.category(character) == "Nd"
    }
