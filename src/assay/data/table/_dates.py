"""Finds dates that Python cannot represent."""

import polars as pl

from assay._errors import InputError

__all__ = ["check_dates", "impossible_dates"]

_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # years 1 to 9999, in days since 1970
_PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def impossible_dates(cells: pl.Series) -> pl.Series:
    """Return a mask of the dates outside the years 1 to 9999.

    Damaged files may contain such dates, which neither Python nor polars can print.

    Example:
        >>> days = pl.Series([0, 2**31 - 1]).cast(pl.Int32).cast(pl.Date)
        >>> impossible_dates(days).to_list()
        [False, True]
    """
    unit = getattr(cells.dtype, "time_unit", None)
    days = cells.to_physical().cast(pl.Int64) // _PER_DAY.get(unit or "", 1)
    return (~days.is_between(_FIRST_DAY, _LAST_DAY)).fill_null(False)


def check_dates(frame: pl.DataFrame) -> None:
    """Raise an InputError if a column contains dates outside the years 1 to 9999."""
    wrong = [
        cells.name
        for cells in frame
        if cells.dtype in (pl.Date, pl.Datetime) and impossible_dates(cells).any()
    ]
    if wrong:
        raise InputError(
            f"Dates must lie in the years 1 to 9999, but not all do in: {wrong}. Save "
            "the file again, or leave these columns out."
        )
