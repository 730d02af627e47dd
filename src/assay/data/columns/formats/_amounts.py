"""Reads amounts in several units, such as '1h 30m', 5'11" and '2 years 3 months'.

A column that contains both '500 g' and '1.2 kg' is read in the same way. Amounts are
converted to a base unit, such as seconds, which is stored as the style of the column.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

__all__ = [
    "BASE_UNITS",
    "amounts",
    "base_unit",
    "base_units",
    "has_mark",
    "last_words",
    "may_be_amounts",
]

# For each base unit, spellings of the units in its family, from large to small, and
# their sizes in the base unit
_FAMILIES: dict[str, tuple[tuple[str, float], ...]] = {
    "s": (
        ("weeks?|wks?|w", 604_800),
        ("days?|d", 86_400),
        ("hours?|hrs?|h|stunden?|std", 3600),
        ("minutes?|minuten|mins?|m", 60),
        ("seconds?|sekunden|secs?|s", 1),
    ),
    "months": (("years?|yrs?|y|jahre?", 12), ("months?|mths?|mos?|m|monate?", 1)),
    "in": (("feet|foot|ft|['′’]", 12), ("inch(?:es)?|in|\"|″|”|''", 1)),
    "oz": (("pounds?|lbs?", 16), ("ounces?|oz", 1)),
    "g": (("kg", 1000), ("g", 1), ("mg", 0.001)),
    "m": (("km", 1000), ("m", 1), ("cm", 0.01), ("mm", 0.001)),
    "l": (("l|liters?|litres?", 1), ("cl", 0.01), ("ml", 0.001)),
}

BASE_UNITS = tuple(_FAMILIES)
"""The units to which amounts are converted."""

MIN_SHARE = 0.95
"""Minimum fraction of cells that must be amounts in units of the same family."""

_FIRST_CELLS = 20  # a column of other text is ruled out by its first cells
_NUMBER = r"\d+(?:\.\d+)?"
_BETWEEN = r"\s*(?:,|and|und)?\s*"
_MINUTES = r"\d\s*['′’]\s*(?:1[2-9]|[2-9]\d)"  # 5'40" means minutes and seconds
_HOUR = 3600
_BARE = {"s": r"[0-5]\d", "in": r"\d{1,2}"}  # 5m3 is a volume, not a time
_SEVERAL = rf"^[+-]?{_NUMBER}\s*(?:\pL{{1,8}}|['′’])\.?{_BETWEEN}\d"
_UNIT = r"(\pL+|['′’\"″”]+)\.?\s*$"
_MARKED = rf"^[+-]?{_NUMBER}\s*(?:\pL{{1,8}}\.|['′’\"″”]+)\s*$"
_WORD = r"(?i)\d\s*(?:\pL{2,}|['′’\"″”])"  # a single letter may be part of a code


def _pattern(base: str) -> str:
    """Return a pattern with one group per unit.

    The last unit may be omitted, as in 1h30 and 5'11.
    """
    parts = [
        rf"(?:(?<u{i}>{_NUMBER})\s*(?:{unit})\.?(?:{_BETWEEN}|$))?"
        for i, (unit, _) in enumerate(_FAMILIES[base])
    ]
    return rf"(?i)^(?<sign>[+-]?){''.join(parts)}(?<bare>{_BARE.get(base, '$')})?$"


_PATTERNS = {base: _pattern(base) for base in _FAMILIES}
_ANY_UNIT = "|".join(unit for units in _FAMILIES.values() for unit, _ in units)
_START = rf"(?i)^[+-]?{_NUMBER}\s*(?:{_ANY_UNIT})\.?{_BETWEEN}(?:\d|$)"


def amounts(text: pl.Series, base: str) -> pl.Series:
    """Convert amounts to a base unit, and other text to null.

    Example:
        >>> amounts(pl.Series(["1h 30m", "2h", "1h05", "soon"]), "s").to_list()
        [5400.0, 7200.0, 3900.0, None]
        >>> amounts(pl.Series(["5'11", "6 ft", "70 in"]), "in").to_list()
        [71.0, 72.0, 70.0]
    """
    parts = _parts(text, base)
    sizes = [size for _, size in _FAMILIES[base]]
    counts = [parts[f"u{i}"] for i in range(len(sizes))]
    total = pl.repeat(0.0, len(text), eager=True)
    bare_size = pl.Series([None] * len(text), dtype=pl.Float64)
    for count, size, smaller in zip(counts, sizes, [*sizes[1:], None], strict=True):
        total += count.fill_null(0) * size
        if size > _HOUR:  # 2024 week 33 is a date, not an amount
            smaller = None
        bare_size = bare_size.set(count.is_not_null(), smaller)
    total += (parts["bare"] * bare_size).fill_null(0)
    is_amount = pl.any_horizontal(count.is_not_null() for count in counts)
    is_amount = pl.select(is_amount).to_series()
    is_amount &= parts["bare"].is_null() | bare_size.is_not_null()
    if base == "in":
        is_amount &= ~text.str.contains(_MINUTES)
    total *= 1 - 2 * (parts["sign"] == "-").fill_null(False).cast(pl.Int8)
    return total.set(~is_amount, None).alias(text.name)


def _parts(text: pl.Series, base: str) -> dict[str, pl.Series]:
    """Return the numbers before each unit, the number without a unit, and the sign."""
    groups = text.str.extract_groups(_PATTERNS[base]).struct
    names = [*(f"u{i}" for i in range(len(_FAMILIES[base]))), "bare"]
    parts = {name: groups.field(name).cast(pl.Float64, strict=False) for name in names}
    return {**parts, "sign": groups.field("sign")}


def base_unit(text: pl.Series) -> str:
    """Return the base unit of a column of amounts in several units, or "" otherwise.

    A column with a single unit has no base unit.

    Example:
        >>> base_unit(pl.Series(["500 g", "1.2 kg"])), base_unit(pl.Series(["5 g"]))
        ('g', '')
    """
    return base_units(text, 1)[0]


def base_units(text: pl.Series, num_columns: int) -> list[str]:
    """Return the base unit of each column, as `base_unit` does for a single column.

    Args:
        text: the concatenated cells of all columns, which have the same length.
        num_columns: number of columns.

    Example:
        >>> base_units(pl.Series(["500 g", "1.2 kg", "5 g", "7 g"]), 2)
        ['g', '']
    """
    units = np.array([""] * num_columns, dtype=object)
    positions = np.arange(num_columns, dtype=np.int32)
    columns = np.repeat(positions, len(text) // num_columns)
    cells = _Cells(text, columns, num_columns).where(text.is_not_null())
    cells = cells.of(cells.start_with(_START))
    may_vary = cells.count(may_be_amounts(cells.text)) > 0
    may_vary |= cells.differ(last_words(cells.text))
    cells = cells.of(may_vary)  # leaves few columns for the slow patterns below
    for base in _FAMILIES:
        are_amounts = _are_amounts(cells, base)
        units[are_amounts] = base
        cells = cells.of(~are_amounts)
    return units.tolist()


class _Cells(NamedTuple):
    """Cells of several columns.

    Args:
        text: the cells, column after column.
        columns: position of each cell's column.
        num_columns: number of columns.
    """

    text: pl.Series
    columns: np.ndarray
    num_columns: int

    def where(self, mask: pl.Series) -> "_Cells":
        """Return the cells for which a mask is true."""
        if mask.all():  # a copy of a long column would take a lot of memory
            return self
        columns = self.columns[mask.to_numpy()]
        return self._replace(text=self.text.filter(mask), columns=columns)

    def of(self, chosen: np.ndarray) -> "_Cells":
        """Return the cells of the columns selected by a mask (columns,)."""
        return self.where(pl.Series(chosen[self.columns]))

    def start_with(self, pattern: str) -> np.ndarray:
        """Return a mask of the columns with an early cell that matches a pattern."""
        edges = np.searchsorted(self.columns, np.arange(self.num_columns + 1))
        ends = np.minimum(edges[:-1] + _FIRST_CELLS, edges[1:])
        rows = np.concatenate(list(map(np.arange, edges[:-1], ends)))
        first = self._replace(text=self.text.gather(rows), columns=self.columns[rows])
        return first.count(first.text.str.contains(pattern)) > 0

    def count(self, mask: pl.Series) -> np.ndarray:
        """Return the number of cells in each column for which a mask is true."""
        columns = self.columns[mask.fill_null(False).to_numpy()]
        return np.bincount(columns, minlength=self.num_columns)

    def differ(self, words: pl.Series) -> np.ndarray:
        """Return a mask of the columns with several distinct words, ignoring nulls."""
        pairs = pl.DataFrame({"column": self.columns, "word": words})
        columns = pairs.drop_nulls().unique()["column"].to_numpy()
        return np.bincount(columns, minlength=self.num_columns) > 1


def _are_amounts(cells: _Cells, base: str) -> np.ndarray:
    """Return a mask of the columns of amounts in several units of a family."""
    cells = cells.of(cells.start_with(_PATTERNS[base]))
    text = cells.text
    if text.is_empty():  # `amounts` is slow
        return np.zeros(cells.num_columns, bool)
    parts = _parts(text, base)
    counts = [
        cells.count(parts[name].is_not_null()) for name in parts if name != "sign"
    ]
    num_values = np.bincount(cells.columns, minlength=cells.num_columns)
    num_amounts = cells.count(amounts(text, base).is_not_null())
    num_clear = cells.count(may_be_amounts(text) | text.str.contains(_WORD))
    enough = num_amounts >= MIN_SHARE * num_values
    return enough & (num_clear > 0) & ((np.array(counts) > 0).sum(axis=0) > 1)


def last_words(text: pl.Series) -> pl.Series:
    """Return the last word or mark of each cell in lowercase, such as "kg" or '"'."""
    return text.str.extract(_UNIT, 1).str.to_lowercase()


def may_be_amounts(text: pl.Series) -> pl.Series:
    """Return a mask of the cells that may contain several units."""
    return text.str.contains(_SEVERAL).fill_null(False)


def has_mark(text: pl.Series) -> pl.Series:
    """Return a mask of the numbers whose unit is a mark or ends with a period.

    Example:
        >>> has_mark(pl.Series(["6'", "70 in.", "6 ft"])).to_list()
        [True, True, False]
    """
    return text.str.contains(_MARKED).fill_null(False)
