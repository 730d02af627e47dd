"""Finds columns whose numbers have a different scale in new rows than in training."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from assay.data.columns._parse import read_as
from assay.data.preparation.encoders._impute_and_scale import to_floats
from assay.data.preparation.encoders._number_encoder import (
    BooleanEncoder,
    NumberEncoder,
)

__all__ = ["notes_on_scales"]

_FIRST_ROWS = 10_000
_MIN_VALUES = 5  # distinct values; a few unusual numbers may be correct
_MIN_RATIO = 20.0  # units, percentages and separators differ by larger factors


def notes_on_scales(
    frame: pl.DataFrame, encoders: Sequence[Any], styles: Mapping[str, str]
) -> Iterator[str]:
    """Yield a note on each column whose unit or notation probably differs.

    The median absolute value of the new numbers, without zeros, is compared with the
    training median. If it is larger, it is also compared with the root mean square in
    training, sqrt(mean² + std²), which depends mainly on the largest numbers.

    Args:
        frame: new rows, before conversion.
        encoders: the encoders of the columns.
        styles: formats of numbers and dates by column name.
    """
    for encoder in encoders:
        if not isinstance(encoder, NumberEncoder) or isinstance(
            encoder, BooleanEncoder
        ):
            continue
        name, scale = encoder.column, encoder.scale
        cells = frame[name].head(_FIRST_ROWS)
        numbers = np.abs(
            to_floats(read_as(cells, "number", styles.get(name, "")).values)
        )
        numbers = numbers[np.isfinite(numbers) & (numbers > 0)]
        if len(np.unique(numbers)) < _MIN_VALUES or not scale.fill:
            continue
        size, usual = float(np.median(numbers)), abs(scale.fill)
        largest = float(np.hypot(scale.mean, scale.std))
        if usual / _MIN_RATIO < size < max(largest, usual) * _MIN_RATIO:
            continue
        yield (
            f"warning: {name!r} is usually about {_rounded(usual)} in the training "
            f"data, but about {_rounded(size)} here. Check its unit and its decimal "
            "and thousands separators."
        )


def _rounded(number: float) -> str:
    """Return a number with three digits and commas between thousands.

    Example:
        >>> _rounded(55_837.2), _rounded(0.60312)
        ('55,800', '0.603')
    """
    return f"{float(f'{number:.3g}'):,g}"
