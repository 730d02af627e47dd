"""Reads human-readable numbers, such as '$1,234' and '(3.50)'.

Unambiguous cells are read independently. Other cells, such as '3,5', are read in the
style of their column. For example, the meaning of '1,234' changes if the column also
contains '3,5'.
"""

from functools import cached_property

import polars as pl

from assay.data.columns.formats._distinct import on_distinct
from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats._style import DECIMAL_COMMA, THOUSANDS_POINTS

__all__ = [
    "ANY_SIGN",
    "CURRENCY",
    "GROUP_OR_SMALL",
    "LARGEST_EXACT",
    "LEADING_ZERO",
    "NUMBER_START",
    "Separators",
    "example_of_points",
    "has_decimal_commas",
    "has_other_points",
    "has_several_points",
    "has_thousands_points",
    "is_grouped",
    "is_too_large",
    "plain_numbers",
    "rules_out_commas",
    "with_equal_numbers",
    "without_signs",
]

LARGEST_EXACT = 2**53
"""The largest n such that a float64 represents every whole number up to n."""

LEADING_ZERO = r"^[+-]?0\d(?:[^:mM]*[^:mMr])?$"  # not 05:30, 05 PM or 05 Uhr
"""Pattern of text that would lose leading zeros if read as a number, such as 007."""

_CURRENCY_NAMES = "EUR|USD|GBP|CHF|JPY|INR|CNY|KRW|AUD|CAD|SEK|NOK|DKK|PLN|BRL|ZAR"
CURRENCY = (
    rf"(?:\b[A-Z]{{1,3}})?\p{{Sc}}|\b(?:{_CURRENCY_NAMES})\b|^Rs\.?|^S?Fr(?:\.| )"
)
"""Pattern that matches currency symbols and codes, such as €, US$ and CHF."""

GROUP_OR_SMALL = r"^[+-]?(?:[1-9]\d{0,2}\.\d{3}|\d{1,3})$"
"""Pattern of numbers below a million in which "." may be a thousands separator."""

NUMBER_START = r"^[+-]?[\d.]*\d"
"""Pattern that matches the beginning of a number."""

ANY_SIGN = rf"[\p{{Sc}}%‰]|(?:{_CURRENCY_NAMES}|^Rs|^S?Fr[. ])"
"""Pattern that matches the beginning of a currency or percent sign.

Searching for whole signs would be slower."""

_FIRST_CELLS = 1_000
_SIGNS = rf"{CURRENCY}|[%‰]"
_WIDE_SPACES = r"[\u00a0\u2007\u2009\u202f]"
_UNUSUAL = r"[\u00a0\u2007\u2009\u202f’]|^\(|[-–—]$"  # rare characters
_IN_PARENTHESES = r"^\((.*\d.*)\)$"
_TRAILING_MINUS = r"^(\d.*)-$"
_NO_CENTS = r"^([+-]?\d[\d.,' ]*)(?:([.,])|[:/])[-–—]+$"  # 12.- 12,– 12:- and 12/-
_THOUSANDS = (
    r"^[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+|(?:'\d{3})+|(?: \d{3})+|(?:_\d{3})+"
    r"|(?:,\d{2})+,\d{3})(?:\.\d+)?$"  # Indian style: 1,00,000
)
_HAS_POINT = r"\d\.\d"
_POINT_GROUPS = r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$"
_SEVERAL_POINTS = r"^[+-]?\d+\.\d{3}\.\d{3}"
_ZERO_FRACTION = r"^([+-]?(?:0|[1-9]\d*))\.0+$"
_SMALL = r"^[+-]?\d{1,3}$"
_NO_AMOUNT = rf"^(?:{CURRENCY})\s*[-–—]$|^[-–—]\s*(?:{CURRENCY})$"  # a dash means zero
_DECIMAL_COMMA = r"^[+-]?(?:\d+|\d{1,3}(?:[. ']\d{3})+)?,\d+(?:[eE][+-]?\d+)?$"
_COMMA_NUMBER = (
    r"^[+-]?(?:\d+|[1-9]\d{0,2}(?:[. ']\d{3})+|(?:\d+|\d{1,3}(?:[. ']\d{3})+)?,\d+)"
    r"(?:[eE][+-]?\d+)?$"
)


class Separators:
    """Masks that show how "," and "." are used in a column of numbers.

    Args:
        text: numbers without units.

    Attributes:
        commas: mask of the numbers with a "," that may separate decimals.
    """

    def __init__(self, text: pl.Series) -> None:
        self.commas = on_distinct(text, has_decimal_commas)
        self._text = text

    @cached_property
    def _bare(self) -> pl.Series:
        return without_signs(self._text)

    @cached_property
    def _grouped(self) -> pl.Series:
        return is_grouped(self._bare)

    @property
    def decimal_commas(self) -> pl.Series:
        """The numbers with a "," that can only separate decimals, such as 3,5."""
        return self.commas & ~self._grouped

    @property
    def doubtful_commas(self) -> pl.Series:
        """The numbers with a "," that may separate thousands, such as 1,234."""
        return self.commas & self._grouped

    @property
    def thousands(self) -> pl.Series:
        """The numbers with a "," that can only separate thousands, as in 1,234.5."""
        bare = self._bare
        thousands = bare.str.count_matches(",").fill_null(0) > 1
        thousands |= bare.str.contains(r",\d{3}\.").fill_null(False)
        return thousands & self._grouped

    @property
    def decimal_points(self) -> pl.Series:
        """The numbers with a "." that can only separate decimals, such as 3.5."""
        points = self._bare.str.contains(_HAS_POINT).fill_null(False) & ~self.commas
        return points & ~self._bare.str.contains(_POINT_GROUPS).fill_null(False)


def plain_numbers(text: pl.Series, style: str = "") -> pl.Series:
    """Remove currency signs, percent signs and thousands separators from numbers.

    Text that is not a number is kept, but becomes null in the decimal-comma style,
    where '3.5' would otherwise be read as a number.

    Example:
        >>> plain_numbers(pl.Series(["$1,234.50", "12 %", "3,5", "many"])).to_list()
        ['1234.50', '12', '3,5', 'many']
        >>> plain_numbers(pl.Series(["1.234,50", "3,5"]), "decimal comma").to_list()
        ['1234.50', '3.5']
    """
    bare = without_signs(text)
    if style in (DECIMAL_COMMA, THOUSANDS_POINTS):
        is_number = bare.str.contains(_COMMA_NUMBER).fill_null(False)
        bare = bare.str.replace_all(r"[. ']", "").str.replace(",", ".", literal=True)
        return bare.set(~is_number, None)
    bare = bare.zip_with(~is_grouped(bare), bare.str.replace_all(r"[,' _]", ""))
    bare = bare.str.replace(r"^([+-]) +", "$1")
    is_number = bare.str.contains(r"^[+-]?(?:\d+\.?\d*|\.\d+)$").fill_null(False)
    return bare.zip_with(is_number, text)


def has_decimal_commas(text: pl.Series) -> pl.Series:
    """Return a mask of the numbers that may have a decimal comma."""
    return without_signs(text).str.contains(_DECIMAL_COMMA).fill_null(False)


def is_grouped(bare: pl.Series) -> pl.Series:
    """Return a mask of the bare numbers that may have thousands separators."""
    return bare.str.contains(_THOUSANDS).fill_null(False)


def has_thousands_points(text: pl.Series) -> bool:
    """Return whether every "." in a column of numbers is a thousands separator.

    Example:
        >>> has_thousands_points(pl.Series(["1.234.567", "12.500", "80"]))
        True
        >>> has_thousands_points(pl.Series(["1.234", "12.500"]))  # may be decimal
        False
    """
    bare = without_signs(text).drop_nulls()
    has_several = bool(has_several_points(bare).any())
    return has_several and not bool(has_other_points(bare).any())


def rules_out_commas(text: pl.Series) -> pl.Series:
    """Return a mask of the cells that contain digits but rule out decimal commas.

    Example:
        >>> rules_out_commas(pl.Series(["3,5", "12", "many", "3.5"])).to_list()
        [False, False, False, True]
    """
    numbers = plain_numbers(ordinary_notation(text), DECIMAL_COMMA)
    return numbers.is_null() & text.str.contains(r"\d").fill_null(False)


def has_several_points(bare: pl.Series) -> pl.Series:
    """Return a mask of the bare numbers with several points between thousands."""
    return bare.str.contains(_SEVERAL_POINTS).fill_null(False)


def has_other_points(bare: pl.Series) -> pl.Series:
    """Return a mask of the bare numbers whose points do not separate thousands."""
    is_number = bare.str.contains(r"^[+-]?\d[\d.]*$")
    fits = bare.str.contains(_POINT_GROUPS) | bare.str.contains(_SMALL)
    return (is_number & ~fits).fill_null(False)


def example_of_points(text: pl.Series) -> str:
    """Return a number in which "." may be a thousands separator, or "" otherwise.

    This requires that every "." be followed by three digits and that some numbers have
    no ".", because decimal numbers rarely all have exactly three decimal places.

    Example:
        >>> example_of_points(pl.Series(["1.234", "850", "12.500"]))
        '1.234'
        >>> example_of_points(pl.Series(["1.234", "850.5", "12.500"]))
        ''
    """
    for some in (text.head(_FIRST_CELLS), text):  # a few cells rule out most columns
        bare = without_signs(some)
        is_number = bare.str.contains(NUMBER_START).fill_null(False)
        numbers = bare.filter(is_number)
        if not numbers.str.contains(GROUP_OR_SMALL).all():
            return ""
    has_point = numbers.str.contains(".", literal=True)
    if not len(numbers) or has_point.all() or not has_point.any():
        return ""
    return str(text.filter(is_number).filter(has_point)[0])


def is_too_large(cells: pl.Series) -> pl.Series:
    """Return a mask of the whole numbers that float64 cannot represent exactly."""
    if cells.dtype == pl.String:
        digits = cells.str.extract(r"^[+-]?0*(\d+)$", 1)
        exact = digits.str.len_bytes() <= len(str(LARGEST_EXACT))
        beyond = digits.cast(pl.Int64, strict=False) > LARGEST_EXACT
        return beyond.fill_null(False) | ~exact.fill_null(True)
    if cells.dtype in (pl.Int64, pl.UInt64):
        # Floats are compared, because the absolute value of an Int64 may overflow.
        return (cells.cast(pl.Float64).abs() > float(LARGEST_EXACT)).fill_null(False)
    return pl.repeat(False, len(cells), eager=True)


def with_equal_numbers(text: pl.Series) -> pl.Series:
    """Rewrite words such as 1.0 as 1 if both forms occur in the column.

    Example:
        >>> with_equal_numbers(pl.Series(["1", "1.0", "2.0", "b"])).to_list()
        ['1', '1', '2.0', 'b']
    """
    if not text.str.contains(_ZERO_FRACTION).any():
        return text
    whole = text.str.replace(_ZERO_FRACTION, "$1")
    known = text.filter(whole == text).drop_nulls().unique()
    return text.zip_with(~whole.is_in(known.to_list()).fill_null(False), whole)


def without_signs(text: pl.Series) -> pl.Series:
    """Return numbers without currency and percent signs, and with a plain minus sign.

    In accounting, negative numbers are written in parentheses or with the sign at the
    end, and a dash may replace zero or the decimal places.

    Example:
        >>> without_signs(pl.Series(["$ 12", "(3.50)", "7-", "−1", "$ -"])).to_list()
        ['12', '-3.50', '-7', '-1', '0']
        >>> without_signs(pl.Series(["CHF 12.–", "1.250,- €", "Rs. 500/-"])).to_list()
        ['12.00', '1.250,00', '500']
    """
    plain = ordinary_notation(text)
    if plain.str.contains(ANY_SIGN).any():
        plain = plain.str.replace(_NO_AMOUNT, "0")
        plain = plain.str.replace_all(_SIGNS, "")
    plain = plain.str.strip_chars()
    if not plain.str.contains(_UNUSUAL).any():
        return plain
    plain = plain.str.replace_all(_WIDE_SPACES, " ").str.replace_all("’", "'")
    plain = plain.str.replace(_IN_PARENTHESES, "-$1")
    if plain.str.contains(_NO_CENTS).any():
        cents = plain.str.extract(_NO_CENTS, 2) + "00"
        whole = plain.str.extract(_NO_CENTS, 1) + cents.fill_null("")
        plain = whole.fill_null(plain).alias(plain.name)
    return plain.str.replace(_TRAILING_MINUS, "-$1").str.strip_chars()
