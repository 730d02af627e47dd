"""A fingerprint of a table: the same for the same data, whatever its format."""

import hashlib

import numpy as np
import polars as pl

from assay.data._cells import holds_cells, to_images, to_series
from assay.data._reading import is_readable

__all__ = ["fingerprint"]


def fingerprint(frame: pl.DataFrame) -> str:
    """Return the sha256 of a table's column names, types and contents, in hex.

    Numbers are hashed as 64-bit floats, dates as microseconds, so that a width which
    only a file format chose does not count; the order of rows and columns does.

    Args:
        frame: typed columns; missing values are null.

    Example:
        >>> small = pl.DataFrame({"a": [1, 2]}, schema={"a": pl.Int8})
        >>> fingerprint(small) == fingerprint(pl.DataFrame({"a": [1.0, 2.0]}))
        True
    """
    digest = hashlib.sha256(f"assay table 1, {frame.height} rows".encode())
    for series in frame.get_columns():
        kind, parts = _bytes(series)
        name = series.name.encode()
        digest.update(f"|{len(name)}:".encode() + name + f":{kind}:".encode())
        digest.update(np.packbits(series.is_null().to_numpy()).tobytes())
        for part in parts:
            digest.update(part)
    return digest.hexdigest()


def _bytes(series: pl.Series) -> tuple[str, list[bytes | memoryview]]:
    dtype = series.dtype
    if holds_cells(series):
        return _cells(series)
    if not is_readable(series):
        return "text", _text(pl.Series([repr(value) for value in series.to_list()]))
    if dtype.is_temporal():
        moments = series.cast(pl.Datetime("us")).cast(pl.Int64).fill_null(0)
        return "date", [moments.to_numpy().astype("<i8").tobytes()]
    if dtype == pl.Boolean:
        return "boolean", [np.packbits(series.fill_null(False).to_numpy()).tobytes()]
    if dtype.is_numeric():
        # Adding zero turns -0.0 into 0.0.
        numbers = series.cast(pl.Float64).fill_null(0.0).to_numpy() + 0.0
        return "number", [numbers.astype("<f8", copy=False).data.cast("B")]
    return "text", _text(series.cast(pl.String).fill_null(""))


def _cells(series: pl.Series) -> tuple[str, list[bytes | memoryview]]:
    if isinstance(series.dtype, pl.Array) and len(series.dtype.shape) == 3:
        images = to_images(series)
        shape = np.array(images.shape, dtype="<i8").tobytes()
        return f"image {images.dtype.name}", [shape, images.data.cast("B")]
    values, lengths = to_series(series)
    shape = np.array([values.shape[1], *lengths], dtype="<i8").tobytes()
    # Adding zero turns -0.0 into 0.0; NaN has many forms.
    values = np.where(np.isnan(values), np.float32(np.nan), values + 0.0)
    return "sequence", [shape, values.astype("<f4", copy=False).data.cast("B")]


def _text(series: pl.Series) -> list[bytes | memoryview]:
    lengths = series.str.len_bytes().to_numpy().astype("<u4")
    joined = series.str.join("").item() if len(series) else ""
    return [lengths.tobytes(), joined.encode()]
