"""New rows that are read together are the same as those read column by column."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assay.data.columns._parse import read_as
from assay.data.columns.together._read_each_as import read_each_as

CELLS = ["1", "3,5", "NA", None, "soon", "31.12.2024", "2024-12-31T10:30Z", "true"]
STYLES = {"number": ["", "decimal comma"], "date": ["", "UTC offsets"]}


@st.composite
def columns_with_kinds(draw):
    """Draw columns of equal length, their kinds, and the styles of some of them."""
    cells = st.lists(st.sampled_from(CELLS), min_size=(n := draw(st.integers(0, 5))))
    columns, kinds, styles = [], [], {}
    for position in range(draw(st.integers(0, 6))):
        values = (draw(cells) + [None] * n)[:n]
        kind = draw(st.sampled_from(["number", "date", "boolean", "category"]))
        column = pl.Series(f"column {position}", values, dtype=pl.String)
        if draw(st.booleans()) and kind == "number":
            column = column.cast(pl.Float64, strict=False)
        columns.append(column)
        kinds.append(kind)
        styles[column.name] = draw(st.sampled_from(STYLES.get(kind, [""])))
    return columns, kinds, styles


@given(columns_with_kinds())
def test_columns_are_read_as_one_by_one(drawn):
    columns, kinds, styles = drawn
    readings = read_each_as(columns, kinds, styles)
    for cells, kind, reading in zip(columns, kinds, readings, strict=True):
        wanted = read_as(cells, kind, styles[cells.name])
        assert reading.values.to_list() == wanted.values.to_list()
        assert reading.values.dtype == wanted.values.dtype
        assert reading.stray.to_list() == wanted.stray.to_list()
