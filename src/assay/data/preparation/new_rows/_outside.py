"""Finds numbers that are outside the training range and probably wrong."""

from collections.abc import Iterator

import numpy as np

from assay.data.columns._wording import counted

__all__ = ["notes_on_outside"]

_PLACEHOLDERS = [sign * (10**digits - 1) for digits in range(2, 7) for sign in (-1, 1)]
_FAR = 2.0  # minimum distance from the range, as a multiple of its width
_MIN_VALUES = 5  # minimum number of distinct values with the opposite sign


def notes_on_outside(
    name: str, numbers: np.ndarray, extent: tuple[float, float]
) -> Iterator[str]:
    """Yield notes on placeholders such as -999, and on numbers with the opposite sign.

    Args:
        name: name of the column.
        numbers: new numbers (n,), NaN if missing.
        extent: smallest and largest training number.
    """
    low, high = extent
    apart = np.maximum(low - numbers, numbers - high)
    if not (apart > 0).any():
        return  # most columns of a wide table
    known = f"{low:g} to {high:g} in the training data"
    far = numbers[apart > _FAR * (high - low)]
    for value in np.unique(far[np.isin(far, _PLACEHOLDERS)]):
        count = counted(int((far == value).sum()), "row")
        yield (
            f"warning: {name!r} is {value:g} in {count}, but {known}. If it means that "
            "the value is missing, leave these cells empty."
        )
    signs = set(np.unique(np.sign(numbers[np.isfinite(numbers)]))) - {0}
    if len(signs) != 1 or len(np.unique(numbers)) < _MIN_VALUES:
        return
    (sign,) = signs
    if low * sign <= 0 and high * sign <= 0:
        word = "negative" if sign < 0 else "positive"
        yield f"warning: {name!r} is {word} here, but {known}. Check its sign."
