"""Normalizes dates written in various languages or by various programs.

All of these notations are unambiguous: the month is spelled out, the year comes first,
or points indicate that the day comes first.
"""

from functools import cache

import polars as pl

from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats.dates._periods import first_days

__all__ = ["DATE_WITH_COLONS", "ordinary_dates"]

DATE_WITH_COLONS = r"^((?:19|20)\d\d):(0[1-9]|1[0-2]):(0[1-9]|[12]\d|3[01])( .*)?$"
"""Pattern of dates such as 2024:12:31, as in image metadata, with or without a time."""

# Names and abbreviations of months in English, German, French, Spanish, Italian,
# Portuguese, Dutch, the Scandinavian languages, Polish and Russian
_MONTHS = (
    "jan january januar januari jänner janvier janv enero ene gennaio gen janeiro "
    "stycznia sty января янв",
    "feb february februar februari feber février fevrier févr fév fevr febrero "
    "febbraio fevereiro fev lutego lut февраля фев",
    "mar march märz mär mrz mars marzo março maart mrt marca марта мар",
    "apr april avril avr abril abr aprile kwietnia kwi апреля апр",
    "may mai mayo maggio mag maio mei maj maja мая май",
    "jun june juni juin junio giugno giu junho czerwca cze июня июн",
    "jul july juli juillet juil julio luglio lug julho lipca lip июля июл",
    "aug august août aout agosto ago augustus augusti sierpnia sie августа авг",
    "sep sept september septembre septiembre settembre set setembro września wrz "
    "сентября сен сент",
    "oct october oktober okt octobre octubre ottobre ott outubro out października paź "
    "октября окт",
    "nov november novembre noviembre novembro listopada lis ноября ноя нояб",
    "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro "
    "grudnia gru декабря дек",
)
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
_ENGLISH += ("Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_NAMED = (
    r"^(?:\p{L}+\.?,? +)?(?<day>\d{1,2})(?:\.|º|er|st|nd|rd|th)?(?: +de)?[ ./-]*"
    r"(?<month>\p{L}{3,})\.?(?: +de)?[ ,./-]*(?<year>\d{4})(?: ?г\.?)?"
    r"(?<rest>[ T:,].*)?$"
)
_NAMED_MONTH = (
    r"^(?<month>\p{L}{3,})\.?(?: +de)?[ ,./_-]*(?<year>(?:19|20)\d\d)$",
    r"^(?<year>(?:19|20)\d\d)[ ./_-]?(?<month>\p{L}{3,})$",
)
_MAY_BE_DATE = r"^.{0,40}(?:\d{4}|:[0-5]\d).{0,24}$"
_ORDINARY = (
    r"^(?:[0-9]{4}[-/][0-9]+[-/][0-9]+|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4})"
    r"(?:[T ][0-9]{1,2}:[0-9:.]+(?: ?[AaPp]\.?[Mm]\.?|Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
_OFFSETS = {
    # time zones in RFC 822, Europe and Japan
    **{"EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00"},
    **{"MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00"},
    **{"WET": "+00:00", "WEST": "+01:00", "CET": "+01:00", "CEST": "+02:00"},
    **{"MEZ": "+01:00", "MESZ": "+02:00", "EET": "+02:00", "EEST": "+03:00"},
    **{"MSK": "+03:00", "JST": "+09:00"},
}
_CLOCK = r"(\d{1,2})[:.h]([0-5]\d)(?:[:.]([0-5]\d))?"
_REWRITES = (
    # 2024年12月31日, 2024. 12. 31. and 2024.12.31
    (r"^(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]", "$1-$2-$3"),
    (r"^(\d{4})\. (\d{1,2})\. (\d{1,2})\.?(\s|$)", "$1-$2-$3$4"),
    (r"^(\d{4})\.(\d\d)\.(\d\d)(\s|$)", "$1-$2-$3$4"),
    # 20241231T153000Z and 20241231 15:30
    (
        r"^((?:19|20)\d\d)(\d\d)(\d\d)[T ](\d\d):?([0-5]\d)(?::?([0-5]\d))?"
        r"(Z|[+-]\d\d:?\d\d)?$",
        None,
    ),
    # 2024_12_31, 2024 12 31 and 2024:12:31
    (r"^(\d{4})[_ ](\d\d)[_ ](\d\d)$", "$1-$2-$3"),
    (DATE_WITH_COLONS, "$1-$2-$3$4"),
    # 15:30 31.12.2024 and 2024-12-31_15:30
    (
        r"^(\d\d?:\d\d(?::\d\d)?),? (\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d)$",
        "$2 $1",
    ),
    (r"^(\d{4}-\d\d-\d\d)_(\d\d:\d\d)", "$1 $2"),
    # 2024-12-31 15 and 2024-12-31_15-30-00
    (r"^(\d{4}-\d\d-\d\d)[T ](\d\d)$", "$1 $2:00"),
    (r"^(\d{4}-\d\d-\d\d)[T _](\d\d)-(\d\d)-(\d\d)$", "$1 $2:$3:$4"),
    # Tue Dec 31 15:30:00 2024, and Tue Dec 31 2024 15:30:00 GMT+0100 (CET)
    (
        r"^[A-Za-z]{3} ([A-Za-z]{3}) +(\d{1,2}) ([\d:]+)(?: (?:UTC|GMT))? (\d{4})$",
        "$2 $1 $4 $3",
    ),
    (
        r"^[A-Za-z]{3} ([A-Za-z]{3}) (\d\d) (\d{4}) ([\d:]+) GMT([+-]\d{4})"
        r"(?: \(.*\))?$",
        "$2 $1 $3 $4$5",
    ),
    # 15:30:00,250 and 15:30 UTC
    (r"(:[0-5]\d),(\d{1,9})", "$1.$2"),
    (r"(:[0-5]\d(?:\.\d+)?) ?(?:UTC|GMT)$", "${1}Z"),
    # 15:30:00+01 and 15:30:00+01:00[Europe/Berlin]
    (r"(:[0-5]\d(?:\.\d+)?) ?([+-]\d\d)$", "$1$2:00"),
    (r"(:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))\[[A-Za-z_/+-]+\]$", "$1"),
    # 3:30:00 PM GMT+1
    (r"(:[0-5]\d(?: ?[AaPp][Mm])?) (?:GMT|UTC)([+-])(\d)$", "$1 ${2}0$3:00"),
    (r"(:[0-5]\d(?: ?[AaPp][Mm])?) (?:GMT|UTC)([+-]\d\d)$", "$1 $2:00"),
    # 31.12.2024 um 15.30 Uhr
    (
        rf"^(\S.*\d{{4}}|\d{{4}}\S*\d),? (?:kl\.?|klo|um|at|à|alle|om)? ?{_CLOCK}"
        r"( ?[AaPp]\.?[Mm]\.?)?(?: Uhr| h)?$",
        None,
    ),
)


def ordinary_dates(text: pl.Series) -> pl.Series:
    """Rewrite dates with the digits 0 to 9, English months and the time at the end.

    Example:
        >>> dates = ["2024年5月1日", "1. Mai 2024", "01MAY2024:15:30:00"]
        >>> ordinary_dates(pl.Series(dates)).to_list()
        ['2024-5-1', '1 May 2024', '01 May 2024 15:30:00']
        >>> ordinary_dates(pl.Series(["1.5.2024 15.30 Uhr", "soon"])).to_list()
        ['1.5.2024 15:30', 'soon']
    """
    text = ordinary_notation(text)
    is_other = text.str.contains(_MAY_BE_DATE) & ~text.str.contains(_ORDINARY)
    rows = is_other.arg_true()
    if not len(rows):
        return text
    dates = text.gather(rows)
    for pattern, written in _REWRITES:
        if dates.str.contains(pattern).any():
            dates = _rewritten(dates, pattern, written)
    dates = first_days(_with_english_months(_with_offsets(dates)))
    if dates.equals(text.gather(rows)):
        return text  # copying a long column would take 16 bytes per cell
    return text.clone().scatter(rows, dates)


def _rewritten(text: pl.Series, pattern: str, written: str | None) -> pl.Series:
    if written is not None:
        return text.str.replace(pattern, written)
    part = text.str.extract_groups(pattern).struct
    groups = [part.field(name) for name in part.fields]
    if len(groups) == 7:
        year, month, day, hour, minute, second, offset = groups
        dates = year + "-" + month + "-" + day + " " + hour + ":" + minute
        dates += (":" + second).fill_null("") + offset.fill_null("")
    else:
        day, hour, minute, second, half = groups
        dates = day + " " + hour + ":" + minute
        dates += (":" + second).fill_null("") + half.fill_null("")
    return dates.fill_null(text).alias(text.name)


def _with_offsets(text: pl.Series) -> pl.Series:
    """Replace the names of time zones, such as CET, with their UTC offsets."""
    zones = text.str.extract(r":[0-5]\d(?:\.\d+)? ?([A-Z]{3,4})$", 1)
    offsets = zones.replace_strict(_OFFSETS, default=None, return_dtype=pl.String)
    if not offsets.is_not_null().any():
        return text
    written = text.str.replace(r" ?[A-Z]{3,4}$", "") + offsets
    return written.fill_null(text).alias(text.name)


def _with_english_months(text: pl.Series) -> pl.Series:
    for pattern in _NAMED_MONTH:
        if text.str.contains(pattern).any():
            part = text.str.extract_groups(pattern).struct.field
            written = "1 " + _english(part("month")) + " " + part("year")
            text = written.fill_null(text).alias(text.name)
    if not text.str.contains(_NAMED).any():
        return text
    part = text.str.extract_groups(_NAMED).struct.field
    rest = part("rest").fill_null("").str.replace("^[T:,] ?", " ")
    written = part("day") + " " + _english(part("month")) + " " + part("year") + rest
    return written.fill_null(text).alias(text.name)


def _english(names: pl.Series) -> pl.Series:
    """Translate month names into English. Other words become null."""
    words = names.str.to_lowercase()
    return words.replace_strict(_english_months(), default=None, return_dtype=pl.String)


@cache
def _english_months() -> dict[str, str]:
    return {
        name: english
        for names, english in zip(_MONTHS, _ENGLISH, strict=True)
        for name in names.split()
    }
