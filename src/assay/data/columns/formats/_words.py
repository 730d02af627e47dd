"""Counts words in text, whatever its script."""

import polars as pl

__all__ = ["UNSPACED", "mean_words"]

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Letters of scripts that are written without spaces, for a regex character class."""

_WORD = rf"[^\s{UNSPACED}]+"
_LETTERS_PER_WORD = 2  # typical of Chinese


def mean_words(texts: pl.Expr) -> pl.Expr:
    """Return an expression for the mean number of words per text.

    Example:
        >>> frame = pl.DataFrame({"a": ["a long text"], "b": ["今天天气"]})
        >>> frame.select(mean_words(pl.all())).row(0)
        (3.0, 2.0)
    """
    letters = texts.str.count_matches(f"[{UNSPACED}]")
    words = texts.str.count_matches(_WORD)
    return (words + letters / _LETTERS_PER_WORD).mean()
