"""Fits encoders for the columns of a data set to some of its rows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from assay.data.columns._column import SOLE_INPUT_KINDS, Column
from assay.data.dataset._dataset import Dataset
from assay.data.preparation._incremental_fit import ACCUMULATORS, accumulator_for
from assay.data.preparation._sole_input_encoders import (
    SOLE_INPUT_ENCODERS,
    SoleInputEncoder,
)
from assay.data.preparation.encoders._category_encoder import (
    MAX_ONE_HOT,
    CategoryEncoder,
)
from assay.data.preparation.encoders._encoder import Encoder
from assay.data.preparation.encoders._number_encoder import NumberEncoder
from assay.data.preparation.encoders._registry import ENCODERS
from assay.data.table._chunks import Stream, chunk_rows, pieces

__all__ = ["AnyEncoder", "fit_encoders", "varies"]

AnyEncoder = Encoder | SoleInputEncoder


def fit_encoders(
    dataset: Dataset, columns: Sequence[Column], rows: np.ndarray
) -> list[AnyEncoder]:
    """Return an encoder for each column, fitted to the given rows."""
    encoders = _fit(dataset, columns, rows)
    return [
        _embed_if_many(encoder, column)
        for encoder, column in zip(encoders, columns, strict=True)
    ]


def varies(encoder: AnyEncoder) -> bool:
    """Return whether a column varied in the rows used to fit its encoder."""
    if isinstance(encoder, NumberEncoder):
        return encoder.scale.std > 0 or encoder.missing
    return bool(encoder.features)


def _fit(
    dataset: Dataset, columns: Sequence[Column], rows: np.ndarray
) -> list[AnyEncoder]:
    stream = dataset.stream
    most = len(rows) if stream is None else chunk_rows(dataset.width)
    if stream is not None and len(rows) > most:
        if all(column.kind in ACCUMULATORS for column in columns):
            return _fit_in_blocks(dataset, stream, columns, np.sort(rows))
        rows = rows[:most]  # one chunk of text is a representative sample
    frame = dataset.take([column.name for column in columns], rows)
    return [_fit_column(column, frame[column.name]) for column in columns]


def _fit_in_blocks(
    dataset: Dataset, stream: Stream, columns: Sequence[Column], rows: np.ndarray
) -> list[AnyEncoder]:
    """Return encoders fitted to streamed rows, which are read block by block."""
    names = [column.name for column in columns]
    accumulators = [accumulator_for(column, len(rows)) for column in columns]
    for piece in pieces(rows, stream.bounds, chunk_rows(dataset.width)):
        frame = dataset.take(names, rows[piece])
        for accumulator, name in zip(accumulators, names, strict=True):
            accumulator.add(frame[name])
    return [accumulator.encoder() for accumulator in accumulators]


def _fit_column(column: Column, values: pl.Series) -> AnyEncoder:
    if column.kind in SOLE_INPUT_KINDS:
        return SOLE_INPUT_ENCODERS[column.kind].fit(column.name, values)
    return ENCODERS[column.kind].fit(column.name, values)


def _embed_if_many(encoder: AnyEncoder, column: Column) -> AnyEncoder:
    """Return the encoder, changed to produce codes if there are many categories.

    Categories are counted in all rows, not only in the training rows, so that the
    number of codes is the same for every split.
    """
    num_codes = column.num_distinct + (column.num_missing > 0)
    if not isinstance(encoder, CategoryEncoder) or num_codes <= MAX_ONE_HOT:
        return encoder
    return replace(encoder, cardinality=num_codes + 1)
