"""Finds the reason a column of words cannot be used, such as different units."""

import polars as pl

from assay.data.columns._wording import shown_cell
from assay.data.columns.formats._number_texts import holds_number_lists
from assay.data.columns.formats._units import MIN_WITH_UNIT, UNIT, units_of
from assay.data.columns.formats._written_arrays import numbers_of_arrays
from assay.data.table._column_names import names_where

__all__ = [
    "MAX_UNITS",
    "MAY_BE_UNUSABLE",
    "UNCERTAIN",
    "uncertainty_problem",
    "why_unusable",
    "with_uncertainty",
]

MAX_UNITS = 20
"""With more distinct endings than this, numbers followed by letters count as codes."""

UNCERTAIN = "numbers with an uncertainty"
"""Beginning of the reason given for columns of cells such as '50.12 ± 0.3'."""

_NUMBER = r"[-+]?\d*\.?\d+\.?(?:[eE][-+]?\d+)?"
_ENTRY = rf"(?:{_NUMBER}|nan)"
_VECTOR = rf"^[\[(]?\s*{_ENTRY}(?:[,;\s]+{_ENTRY})+\s*[\])]?$"
_CREDIT_OR_DEBIT = r"(?i)^[^\pL\d]*\d[\d.,' ]*(cr|dr)\.?$"
# 50.12 ± 0.3, 50.12+/-0.3 mm, (50 mm ± 5%) and 50.12(3)
_UNCERTAIN = (
    r"^(?:[^\pL\d±]*\d[\d.,]*(?:[eE][-+]?\d+)?\s*[^\d±]{0,6}"
    r"(?:±|\+\s?/?\s?[-−]|\\pm)\s*[^\pL\d]?\d|[-+−]?\d*[.,]\d+\(\d+\)).{0,20}$"
)
_FIRST_WORDS = 20  # a column of other words is ruled out by its first cells
_BEGIN_OF_LIST = r"^\s*(?:[\w.]+\()?\s*[\[(]"

MAY_BE_UNUSABLE = f"{_CREDIT_OR_DEBIT}|{UNIT}|{_VECTOR}|{_BEGIN_OF_LIST}"
"""Pattern that occurs in every column for which `why_unusable` returns a reason."""


def why_unusable(values: pl.Series) -> str:
    """Return the reason a column of words is unusable, or "" if it is usable."""
    words = values.drop_nulls()
    reasons = (_credits_and_debits, _different_units, _lists_of_numbers)
    return next(filter(None, (reason(words) for reason in reasons)), "")


def with_uncertainty(frame: pl.DataFrame) -> list[str]:
    """Return the names of the columns that may contain numbers with an uncertainty."""
    first = frame.head(_FIRST_WORDS)
    return names_where(first, pl.all().str.contains(_UNCERTAIN))


def uncertainty_problem(values: pl.Series) -> str:
    """Return a reason to reject numbers with an uncertainty, or "" for other values."""
    words = values.drop_nulls()
    are_uncertain = words.str.contains(_UNCERTAIN)
    if are_uncertain.sum() < MIN_WITH_UNIT * len(words):
        return ""
    example = shown_cell(words.filter(are_uncertain)[0])
    return (
        f"{UNCERTAIN}, as in {example}; write the number and the uncertainty in "
        "separate columns"
    )


def _credits_and_debits(words: pl.Series) -> str:
    """Return a reason to reject amounts with letters as signs, or "" if there is none.

    Banks write CR for credits and DR for debits.
    """
    letters = words.str.extract(_CREDIT_OR_DEBIT, 1).str.to_lowercase()
    known = letters.drop_nulls().unique(maintain_order=True)
    if len(known) < 2 or letters.null_count() > (1 - MIN_WITH_UNIT) * len(words):
        return ""
    first, second = (str(words.filter(letters == sign)[0]) for sign in known)
    return (
        f"credits and debits, as in {first!r} and {second!r}; write them as numbers, "
        "with a minus sign for one of the two"
    )


def _different_units(words: pl.Series) -> str:
    """Return a reason to reject numbers in different units, or "" if there is none."""
    units = units_of(words)
    known = units.drop_nulls().unique(maintain_order=True)
    # Any other single letter after a number is usually part of a code.
    are_units = known.str.contains(r"^[kKMBT]$|..").all()
    if not (are_units and 2 <= len(known) <= MAX_UNITS):
        return ""
    if units.null_count() > (1 - MIN_WITH_UNIT) * len(words):
        return ""
    first, second = (str(words.filter(units == unit)[0]) for unit in known[:2])
    return f"units differ, as in {first!r} and {second!r}; convert them to one unit"


def _lists_of_numbers(words: pl.Series) -> str:
    """Return a reason to reject cells such as "[0.5, 2.1]", or "" if there is none.

    Lists of whole numbers without brackets are accepted as text, because the numbers
    may be tokens.
    """
    words = numbers_of_arrays(words)
    if words.dtype != pl.String:
        return ""
    if not words.str.contains(_VECTOR).all() or not words.str.contains(r"[.\[(]").all():
        return ""
    example = shown_cell(words[0])
    fix = "write each of them in its own column"
    if holds_number_lists(words):
        fix += f", or read them as a sequence with kinds={{{words.name!r}: 'sequence'}}"
    return f"several numbers, as in {example}; {fix}"
