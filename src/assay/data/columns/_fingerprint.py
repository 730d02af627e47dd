"""Computes a fingerprint of a table's data that is independent of its file format."""

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from assay.data.columns._parse import is_readable
from assay.data.table._array_cells import holds_cells, to_images, to_sequences

__all__ = ["Fingerprint"]

_FEW_ROWS = 10_000  # with fewer rows, Python is faster than a call to polars
_BLOCK_ROWS = 2**20  # limits the float64 copy to 8 MiB


class Fingerprint:
    """The SHA-256 hash of a table's column names, types and contents.

    Numbers are hashed as 64-bit floats and dates as microseconds, so the hash does not
    depend on the number types that the file format uses. It does depend on the order of
    the rows and columns.

    Args:
        num_rows: number of rows in the table.

    Example:
        >>> integers, floats = Fingerprint(2), Fingerprint(2)
        >>> integers.add(pl.Series("a", [1, 2], dtype=pl.Int8))
        >>> floats.add(pl.Series("a", [1.0, 2.0]))
        >>> integers.hex == floats.hex
        True
    """

    def __init__(self, num_rows: int) -> None:
        self._num_rows = num_rows
        self._digest = hashlib.sha256(f"assay table 1, {num_rows} rows".encode())

    def add(self, values: pl.Series) -> None:
        """Add the next typed column, in which missing values are null."""
        kind, parts = _bytes(values)
        self._begin(values.name, kind, np.packbits(_is_missing(values)))
        for part in parts:
            self._digest.update(part)

    def add_images(
        self, name: str, blocks: Iterable[np.ndarray], shape: tuple[int, ...]
    ) -> None:
        """Add a column of images (n, height, width, channels), block by block."""
        for position, block in enumerate(blocks):
            if position == 0:
                none_missing = np.packbits(np.zeros(self._num_rows, bool))
                self._begin(name, f"image {block.dtype.name}", none_missing)
                full_shape = np.array((self._num_rows, *shape), dtype="<i8")
                self._digest.update(full_shape.tobytes())
            self._digest.update(np.ascontiguousarray(block).data.cast("B"))

    def _begin(self, name: str, kind: str, missing: np.ndarray) -> None:
        encoded = name.encode()
        head = f"|{len(encoded)}:".encode() + encoded + f":{kind}:".encode()
        self._digest.update(head + missing.tobytes())

    @property
    def hex(self) -> str:
        """The SHA-256 hash of the columns added so far, in hexadecimal."""
        return self._digest.hexdigest()


def _bytes(values: pl.Series) -> tuple[str, Iterable[bytes | memoryview]]:
    dtype = values.dtype
    if holds_cells(values):
        return _cells(values)
    if not is_readable(values):
        return "text", _text(pl.Series([repr(value) for value in values.to_list()]))
    if dtype.is_temporal():
        moments = values.cast(pl.Datetime("us")).cast(pl.Int64)
        if moments.null_count():
            moments = moments.fill_null(0)
        return "date", [moments.to_numpy().astype("<i8").tobytes()]
    if dtype == pl.Boolean:
        if values.null_count():
            values = values.fill_null(False)
        return "boolean", [np.packbits(values.to_numpy()).tobytes()]
    if dtype.is_numeric():
        return "number", map(_numbers, values.to_frame().iter_slices(_BLOCK_ROWS))
    return "text", _text(values)


def _is_missing(values: pl.Series) -> np.ndarray:
    if not values.null_count():  # faster than checking each cell
        return np.zeros(len(values), dtype=bool)
    return values.is_null().to_numpy()


def _numbers(part: pl.DataFrame) -> memoryview:
    values = part.to_series()
    if values.dtype != pl.Float64:
        values = values.cast(pl.Float64)
    if values.null_count():
        values = values.fill_null(0.0)
    numbers = values.to_numpy() + 0.0  # turns -0.0 into 0.0
    return numbers.astype("<f8", copy=False).data.cast("B")


def _cells(values: pl.Series) -> tuple[str, list[bytes | memoryview]]:
    if isinstance(values.dtype, pl.Array) and len(values.dtype.shape) == 3:
        images = to_images(values)
        shape = np.array(images.shape, dtype="<i8").tobytes()
        return f"image {images.dtype.name}", [shape, images.data.cast("B")]
    steps, lengths = to_sequences(values)
    shape = np.array([steps.shape[1], *lengths], dtype="<i8").tobytes()
    # Equal values must have equal bits, so all NaNs are replaced by the same one, and
    # adding zero turns -0.0 into 0.0.
    steps = np.where(np.isnan(steps), np.float32(np.nan), steps + 0.0)
    return "sequence", [shape, steps.astype("<f4", copy=False).data.cast("B")]


def _text(values: pl.Series) -> Iterable[bytes]:
    if len(values) < _FEW_ROWS:
        words = values.cast(pl.String).to_list()
        cells = [(cell or "").encode() for cell in words]
        return [np.array([*map(len, cells)], dtype="<u4").tobytes(), b"".join(cells)]
    return _text_of_blocks(values)


def _text_of_blocks(values: pl.Series) -> Iterator[bytes]:
    """Yield the lengths of all cells and then their text, block by block."""
    for text in _blocks_of_text(values):
        yield text.str.len_bytes().to_numpy().astype("<u4").tobytes()
    for text in _blocks_of_text(values):
        yield text.str.join("").item().encode()


def _blocks_of_text(values: pl.Series) -> Iterator[pl.Series]:
    for part in values.to_frame().iter_slices(_BLOCK_ROWS):
        yield part.to_series().cast(pl.String).fill_null("")
