"""A fingerprint of a table: the same for the same data, whatever its format."""

import hashlib
from collections.abc import Iterable

import numpy as np
import polars as pl

from assay.data.columns._parse import is_readable
from assay.data.table._array_cells import holds_cells, to_images, to_sequences

__all__ = ["Fingerprint"]

_ROWS_AT_ONCE = 2**20


class Fingerprint:
    """The sha256 of a table's column names, types and contents, column by column.

    Numbers are hashed as 64-bit floats, dates as microseconds, so that a width which
    only a file format chose does not count; the order of rows and columns does.

    Args:
        num_rows: of the table.

    Example:
        >>> whole, real = Fingerprint(2), Fingerprint(2)
        >>> whole.add(pl.Series("a", [1, 2], dtype=pl.Int8))
        >>> real.add(pl.Series("a", [1.0, 2.0]))
        >>> whole.hex == real.hex
        True
    """

    def __init__(self, num_rows: int) -> None:
        self._num_rows = num_rows
        self._digest = hashlib.sha256(f"assay table 1, {num_rows} rows".encode())

    def add(self, series: pl.Series) -> None:
        """Add the next column: typed, missing values are null."""
        kind, parts = _bytes(series)
        self._begin(series.name, kind, np.packbits(series.is_null().to_numpy()))
        for part in parts:
            self._digest.update(part)

    def add_images(
        self, name: str, blocks: Iterable[np.ndarray], shape: tuple[int, ...]
    ) -> None:
        """Add a column of images (n, height, width, channels) that come in blocks."""
        for place, block in enumerate(blocks):
            if not place:
                none = np.packbits(np.zeros(self._num_rows, bool))
                self._begin(name, f"image {block.dtype.name}", none)
                whole = np.array((self._num_rows, *shape), dtype="<i8")
                self._digest.update(whole.tobytes())
            self._digest.update(np.ascontiguousarray(block).data.cast("B"))

    def _begin(self, name: str, kind: str, missing: np.ndarray) -> None:
        told = name.encode()
        head = f"|{len(told)}:".encode() + told + f":{kind}:".encode()
        self._digest.update(head + missing.tobytes())

    @property
    def hex(self) -> str:
        """The sha256 of what was added."""
        return self._digest.hexdigest()


def _bytes(series: pl.Series) -> tuple[str, Iterable[bytes | memoryview]]:
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
        return "number", map(_numbers, series.to_frame().iter_slices(_ROWS_AT_ONCE))
    return "text", _text(series.cast(pl.String).fill_null(""))


def _numbers(part: pl.DataFrame) -> memoryview:
    # Adding zero turns -0.0 into 0.0.
    numbers = part.to_series().cast(pl.Float64).fill_null(0.0).to_numpy() + 0.0
    return numbers.astype("<f8", copy=False).data.cast("B")


def _cells(series: pl.Series) -> tuple[str, list[bytes | memoryview]]:
    if isinstance(series.dtype, pl.Array) and len(series.dtype.shape) == 3:
        images = to_images(series)
        shape = np.array(images.shape, dtype="<i8").tobytes()
        return f"image {images.dtype.name}", [shape, images.data.cast("B")]
    values, lengths = to_sequences(series)
    shape = np.array([values.shape[1], *lengths], dtype="<i8").tobytes()
    # Adding zero turns -0.0 into 0.0; NaN has many forms.
    values = np.where(np.isnan(values), np.float32(np.nan), values + 0.0)
    return "sequence", [shape, values.astype("<f4", copy=False).data.cast("B")]


def _text(series: pl.Series) -> list[bytes | memoryview]:
    lengths = series.str.len_bytes().to_numpy().astype("<u4")
    joined = series.str.join("").item() if len(series) else ""
    return [lengths.tobytes(), joined.encode()]
