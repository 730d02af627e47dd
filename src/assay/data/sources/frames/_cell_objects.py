"""Converts lists of Python objects to polars columns."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data.columns._wording import not_unicode
from assay.data.sources._rotated import rotated

__all__ = ["column_of_objects", "without_objects"]


def column_of_objects(name: str, values: list[Any]) -> pl.Series:
    """Return a column of numbers, text, times, arrays, images, bytes or paths.

    Times in different zones are converted to UTC. Pillow images are converted to files
    in memory, so they are read in the same way as other image files.

    Raises:
        InputError: polars cannot store the values.
    """
    present = [value for value in values if value is not None]
    if values and all(isinstance(value, np.ndarray) for value in values):
        shapes = {value.shape for value in values}
        cells = np.stack(values) if len(shapes) == 1 else [v.tolist() for v in values]
        return _series(name, cells)
    if present and all(map(_is_image, present)):
        values = [None if value is None else _as_file(value) for value in values]
    else:
        values = _plain_values(map(_without_container, values))
    if any(getattr(value, "tzinfo", None) for value in values):
        zones = {getattr(value, "tzinfo", None) for value in values}
        if len(zones) > 1:
            values = [_in_utc(value) for value in values]
    return _series(name, values)


def without_objects(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with its columns of Python objects converted, if possible."""
    objects = [column for column in frame if column.dtype == pl.Object]
    return frame.with_columns(
        column_of_objects(column.name, column.to_list()) for column in objects
    )


def _series(name: str, values: Any) -> pl.Series:
    try:
        return pl.Series(name, values, strict=False)
    except UnicodeEncodeError as error:
        raise InputError(
            f"The cells of {name!r} contain {not_unicode(error)}. Convert them to "
            "valid text."
        ) from error
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        kinds = sorted({type(value).__name__ for value in values})
        raise InputError(
            f"The cells of {name!r} have types that cannot be read together: "
            f"{', '.join(kinds)}. Pass numbers, text, dates, or arrays of one shape."
        ) from error


def _is_image(value: Any) -> bool:
    # Checking the names avoids importing Pillow.
    modules = {base.__module__.split(".")[0] for base in type(value).__mro__}
    return "PIL" in modules and hasattr(value, "getbands")


def _as_file(image: Any) -> bytes:
    """Return a Pillow image as the bytes of a file with the same mode."""
    if image.format:  # images without a format were processed, perhaps rotated
        image = rotated(image)
    file = io.BytesIO()
    # Unlike PNG, TIFF supports all modes, and it is uncompressed by default.
    image.save(file, "TIFF")
    return file.getvalue()


def _without_container(value: Any) -> Any:
    """Return the contents of an array or buffer, or the text of a path or UUID."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if isinstance(value, io.BytesIO):
        return value.getvalue()
    return str(value) if isinstance(value, PurePath | UUID) else value


def _plain_values(values: Iterable[Any]) -> list[Any]:
    """Convert NumPy numbers to Python numbers, and times in text columns to text.

    Otherwise, polars would read words among NumPy numbers as missing values.
    """
    values = [
        value.item()
        if isinstance(value, np.generic) and value.dtype.kind in "biuf"
        else value
        for value in values
    ]
    if not any(isinstance(value, str) for value in values):
        return values
    times = (datetime, np.datetime64, np.timedelta64)
    return [str(value) if isinstance(value, times) else value for value in values]


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
