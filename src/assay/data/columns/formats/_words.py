"""Counts words in text of any script."""

import polars as pl

__all__ = ["UNSPACED", "mean_words"]

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Letters of scripts without spaces between words, for a regex character class."""

_WORD = rf"[^\s{UNSPACED}]+"
_LETTERS_PER_WORD = 2  # typical for Chinese


def mean_words(texts: pl.Series) -> float:
    """Return the mean number of words per text.

    Example:
        >>> mean_words(pl.Series(["a long text"]))
        3.0
        >>> mean_words(pl.Series(["今天天气"]))
        2.0
    """
    letters = texts.str.count_matches(f"[{UNSPACED}]").to_numpy()
    words = texts.str.count_matches(_WORD).to_numpy()
    return float((words + letters / _LETTERS_PER_WORD).mean())
