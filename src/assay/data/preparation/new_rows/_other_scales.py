"""Finds columns whose numbers or dates differ in form from those in training."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from assay.data.columns._parse import read_as
from assay.data.columns.formats._style import OFFSETS_AT_MIDNIGHT, UTC_OFFSETS
from assay.data.columns.formats.dates._calendars import other_calendar_in
from assay.data.columns.formats.dates._moments import with_offsets
from assay.data.columns.together._read_each_as import read_each_as
from assay.data.preparation.encoders._date_encoder import DateEncoder
from assay.data.preparation.encoders._impute_and_scale import Scale, to_floats
from assay.data.preparation.encoders._number_encoder import (
    BooleanEncoder,
    NumberEncoder,
)
from assay.data.preparation.new_rows._outside import notes_on_outside

__all__ = ["notes_on_scales", "sizes_if_other"]

_FIRST_ROWS = 10_000
_MIN_VALUES = 5  # minimum number of distinct values; a few unusual ones may be correct
_FAR_YEARS, _FAR_DEVIATIONS = 100, 10  # beyond these, the calendar may differ
_YEAR_DAYS = 365.2425
_MIN_RATIO = 20.0  # wrong units and separators cause larger factors


def notes_on_scales(
    frame: pl.DataFrame, encoders: Sequence[Any], styles: Mapping[str, str]
) -> Iterator[str]:
    """Yield notes on columns with a different unit, notation, calendar or time zone.

    Args:
        frame: new rows, before conversion.
        encoders: the encoders, fitted to the training rows.
        styles: formats of numbers and dates by column name.
    """
    encoders = [
        encoder
        for encoder in encoders
        if isinstance(encoder, DateEncoder | NumberEncoder)
        and not isinstance(encoder, BooleanEncoder)
    ]
    columns = [frame[encoder.column].head(_FIRST_ROWS) for encoder in encoders]
    readings = read_each_as(columns, [encoder.kind for encoder in encoders], styles)
    for encoder, cells, reading in zip(encoders, columns, readings, strict=True):
        name = encoder.column
        if isinstance(encoder, DateEncoder):
            yield from _notes_on_years(name, reading.values, encoder)
            yield from _notes_on_offsets(cells, styles.get(name, ""))
            continue
        numbers = to_floats(reading.values)
        if encoder.extent is not None and encoder.scale.std > 0:
            yield from notes_on_outside(name, numbers, encoder.extent)
        if sizes := sizes_if_other(numbers, encoder.scale):
            yield (
                f"warning: {name!r} is usually about {sizes[0]} in the training data, "
                f"but about {sizes[1]} here. Check its unit and its decimal and "
                "thousands separators."
            )


def _notes_on_years(name: str, dates: pl.Series, encoder: DateEncoder) -> Iterator[str]:
    """Yield a note on dates that may belong to another calendar."""
    years = dates.dt.year().drop_nulls()
    days = encoder.scales[0]
    if not len(years):
        return
    year, usual = round(float(np.median(years.to_numpy()))), _year_of(days.fill)
    far = max(_FAR_YEARS, _FAR_DEVIATIONS * days.std / _YEAR_DAYS)
    if abs(year - usual) > far:
        yield (
            f"warning: {name!r} is usually about the year {usual} in the training "
            f"data, but about {year} here. Use the same calendar as in training."
        )
    elif (found := other_calendar_in(dates)) is not None:
        yield (
            f"warning: {name!r} contains years such as {found.year}. They may belong "
            f"to {found.calendar.name}, but are read as Gregorian years, as in "
            "training."
        )


def _notes_on_offsets(cells: pl.Series, style: str) -> Iterator[str]:
    """Yield a note if only the training data or only the new rows have UTC offsets."""
    order = style.partition(",")[0]
    order = "" if UTC_OFFSETS in order else order
    found, name = with_offsets(cells, order), cells.name
    if style.endswith(OFFSETS_AT_MIDNIGHT):
        if found.endswith(UTC_OFFSETS):
            yield (
                f"warning: {name!r} contains days in the training data, so UTC offsets "
                "are ignored, but not all times are midnight here. Write days, such "
                "as 2024-12-31."
            )
    elif UTC_OFFSETS in style and UTC_OFFSETS not in found and cells.count():
        yield (
            f"warning: {name!r} has UTC offsets in the training data, but none here. "
            "The times are read as UTC. Add the offsets, as in 2024-12-31T15:30+01:00."
        )
    elif UTC_OFFSETS not in style and UTC_OFFSETS in found:
        utc, local = (
            read_as(cells, "date", f"{order}{zone}").values
            for zone in ("", f", {OFFSETS_AT_MIDNIGHT}")
        )
        moved = (utc != local).fill_null(False)
        if moved.any():
            first, second = local.filter(moved)[0], utc.filter(moved)[0]
            yield (
                f"warning: {name!r} has UTC offsets here, but none in the training "
                f"data. The times are converted to UTC: for example, {first} becomes "
                f"{second}. Write them as in the training data."
            )


def _year_of(days: float) -> int:
    """Return the year of a date, given its days since 1970."""
    return round(1970 + days / _YEAR_DAYS)


def sizes_if_other(numbers: np.ndarray, scale: Scale) -> tuple[str, str] | None:
    """Return the typical sizes of training and new numbers if they clearly differ.

    The median absolute value of the new numbers, excluding zeros, is compared with the
    training median. If it is larger, it is also compared with the root mean square in
    training, sqrt(mean² + std²), which depends mainly on the largest numbers.

    Args:
        numbers: new numbers (n,), NaN if missing.
        scale: the scale of the training numbers.
    """
    numbers = np.abs(numbers)
    numbers = numbers[np.isfinite(numbers) & (numbers > 0)]
    if len(np.unique(numbers)) < _MIN_VALUES or not scale.fill:
        return None
    size, usual = float(np.median(numbers)), abs(scale.fill)
    largest = float(np.hypot(scale.mean, scale.std))
    if usual / _MIN_RATIO < size < max(largest, usual) * _MIN_RATIO:
        return None
    return _rounded(usual), _rounded(size)


def _rounded(number: float) -> str:
    """Return a number with three digits and commas between thousands.

    Example:
        >>> _rounded(55_837.2), _rounded(0.60312)
        ('55,800', '0.603')
    """
    return f"{float(f'{number:.3g}'):,g}"
