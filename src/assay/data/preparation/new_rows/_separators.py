"""Finds numbers in new rows whose separators may differ from those in training."""

import re
from collections.abc import Iterator, Mapping

import polars as pl

from assay.data.columns._parse import read_as, tidy
from assay.data.columns.formats._number_style import uses_decimal_commas
from assay.data.columns.formats._style import DECIMAL_COMMA
from assay.data.table._column_names import with_known_names
from assay.data.table._table import Table

__all__ = ["notes_on_separators"]


def notes_on_separators(table: Table, styles: Mapping[str, str]) -> Iterator[str]:
    """Yield notes on numbers such as 1,234 that are read with a thousands separator.

    The comma is interpreted as in the training data, although the new rows suggest that
    it is a decimal separator. Numbers such as 3,5 cannot be misread, so they raise an
    error instead.

    Args:
        table: new rows before conversion.
        styles: format of the numbers in each numeric column, by column name.
    """
    frame = with_known_names(table.frame, [*styles])
    suggested = {"."} if table.separator == "," else set[str]()
    suggested |= {","} if uses_decimal_commas(frame, table.separator) else set()
    for name, style in styles.items():
        usual, other = ",." if style.startswith(DECIMAL_COMMA) else ".,"
        if other not in suggested or frame.schema.get(name) != pl.String:
            continue
        cell = _first_group(tidy(frame[name]), usual, other)
        value = read_as(pl.Series([cell]), "number", style).values[0]
        if value is not None:
            yield (
                f"warning: {cell!r} in {name!r} is read as {value:.10g}, because "
                f"{usual!r} is the decimal separator in the training data. If it is "
                f"{other!r} here, write {cell.replace(other, usual)!r}."
            )


def _first_group(cells: pl.Series, usual: str, other: str) -> str:
    """Return the first number in which `other` may separate decimals, or "".

    Also returns "" if any cell contains the usual separator.
    """
    if cells.str.contains(rf"\d{re.escape(usual)}\d").any():
        return ""
    form = rf"^\D*\d{{1,3}}{re.escape(other)}\d{{3}}\D*$"
    found = cells.filter(cells.str.contains(form)).drop_nulls()
    return str(found[0]) if len(found) else ""
