"""Known answers for the detected contents of columns."""

import datetime

import numpy as np
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import KINDS, load, look
from assay.data.columns._detect_kind import read_column
from assay.data.columns._parse import is_rewritten, read_as

N = 40
WORDS = ["red", "green", "blue", "red"]


def _column(values, name="a", kind=None, dtype=None):
    return read_column(pl.Series(name, values, dtype=dtype, strict=False), kind)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.5, 1.5, None], "number"),
        ([0.5, 1.5, float("nan")], "number"),
        (["1", " 2.5 ", "-3e2", ""], "number"),
        (["1", "?", "NA", "3"], "number"),
        (["0.5", "0", "00.5"], "category"),
        (["007", "042", "007"], "category"),
        (["1,5", "2,25", "1,5"], "number"),
        (["1", "2", "3", "4+"], "category"),
        ([True, False, None], "boolean"),
        (["True", "false", "TRUE", ""], "boolean"),
        (["TRUE", "False", "1", "0", "NA"], "boolean"),
        (["TRUE", "False", "1", "2"], "category"),
        (["2024-01-31", "2023-12-01", None], "date"),
        (["2024-01-31T12:00:00Z", "2024-01-31 12:30", "NA"], "date"),
        (["31.01.2024", "1.2.2024", "31.01.2024"], "date"),
        (["2020-1-5", "2021/12/31", "2020-01-05 10:30"], "date"),
        (["31/12/2024", "01/02/2024", "3/4/2024"], "date"),
        (["31-12-2024", "01-02-2024", "3-4-2024"], "date"),
        (["12/31/2024 10:30", "01/02/2024", "3/4/2024"], "date"),
        (["1/12/2024", "01/02/2024", "3/4/2024"], "unusable"),
        (["1-12-2024", "01-02-2024", "3-4-2024"], "category"),
        (["31/12/24", "01/02/24", "31/12/24"], "unusable"),
        (["31.12.24", "01.02.24", "31.12.24"], "unusable"),
        (["10.04.06", "01.02.24", "10.14.06"], "category"),
        (["31/12/2024", "12/31/2024", "3/4/2024"], "unusable"),
        (["1,234", "$2,345.50", "12", "1 000"], "number"),
        (["12 %", "5.5%", "7"], "number"),
        (["€ 5", "1'234 EUR", "3"], "number"),
        (["1", "3,5", "2", "4"], "number"),
        (["1,234", "3,5", "2", "4"], "number"),
        (["1.234,50", "2,00", "3"], "number"),
        (["1,234,567", "3,5", "2", "4"], "unusable"),
        (["1.5", "3,5", "2", "4"], "unusable"),
        (["11898508762506083287", "11898508762506082304"], "category"),
        (
            pl.Series([11898508762506083287, 5 * 10**18] * 2, dtype=pl.UInt64),
            "category",
        ),
        (["1,2,3", "4,5,6", "1,2,3"], "category"),
        ([datetime.date(2024, 1, 1), datetime.date(2024, 5, 1)], "date"),
        ([datetime.timedelta(seconds=1), datetime.timedelta(seconds=3)], "number"),
        (WORDS, "category"),
        ([1, 1, 1], "constant"),
        (["a", "a"], "constant"),
        ([None, None], "constant"),
        (["", "NA", "?"], "constant"),
        ([1.0, None, 1.0], "number"),
        (["a", None, "a"], "category"),
        ([[1], [2]], "sequence"),
        ([[1.5, 2], [3, 4, 5.5]], "sequence"),
        ([[[1, 2, 3], [4, 5, 6]]] * 2, "sequence"),
        ([[[1, 2], [3, 4]]] * 2, "image"),
        ([[[[1], [2], [0]], [[3], [4], [0]]]] * 2, "image"),
        ([["a", "b"], ["c"]], "unusable"),
        ([{"a": 1}, {"a": 2}], "unusable"),
        (range(N), "id"),
        (range(5, 5 + N), "id"),
        ([i * 1.0 for i in range(N)], "id"),
        ([str(i) for i in range(N)], "id"),
        (range(N, 0, -1), "id"),
        (np.random.default_rng(0).permutation(N), "id"),
        (np.random.default_rng(0).permutation(N) * 2, "number"),
        ([*range(N - 1), N], "number"),
        ([i * i for i in range(N)], "number"),
        ([f"P-{i}" for i in range(N)], "id"),
        ([f"a long story of {i} words" for i in range(N)], "text"),
        ([f"P-{i % 20}" for i in range(N)], "category"),
        ([f"P-{i}" for i in range(10)], "category"),
    ],
)
def test_kind_is_found(values, kind):
    _, column = _column(list(values))
    assert column.kind == kind
    assert column.kind in KINDS
    assert column.reason
    assert column.used == (kind not in ("unusable", "id", "constant"))


@pytest.mark.parametrize(
    "name",
    [
        *("id", "ID", "customer_id", "PassengerId", "row", "userID"),
        *("S.No", "Sr. No.", "Lfd. Nr.", "ID:", "#", "№"),
    ],
)
def test_different_whole_numbers_with_an_id_name_are_ids(name):
    values = np.random.default_rng(0).permutation(N) * 7
    assert _column(values, name)[1].kind == "id"
    assert _column(values, "paid")[1].kind == "number"
    assert _column(values % 20, name)[1].kind == "number"
    assert _column(values + 0.5, name)[1].kind == "number"


@pytest.mark.parametrize("name", ["Unnamed: 0", "Unnamed: 7", "level_0", "index"])
def test_a_saved_index_is_an_id_even_if_rows_are_missing(name):
    kept = np.random.default_rng(0).permutation(10 * N)[:N]
    assert _column(kept, name)[1].kind == "id"
    assert _column([str(value) for value in kept], name)[1].kind == "id"
    assert _column([None, *kept.tolist()], name)[1].kind == "id"
    assert _column(kept / 7, name)[1].kind == "number"


def test_numbers_and_dates_written_for_people_are_read():
    read, column = _column(["$1,234.50", "-2 000", "12 %", "1'000", None])
    assert read.to_list() == [1234.5, -2000.0, 12.0, 1000.0, None]
    assert column.rewritten == "$1,234.50"
    read, column = _column(["31.12.2024", "2024-1-5", "2024-01-05T06:00"])
    days = [datetime.datetime(2024, 12, 31), datetime.datetime(2024, 1, 5)]
    assert read.to_list() == [*days, datetime.datetime(2024, 1, 5, 6)]
    assert column.rewritten == "31.12.2024"
    assert _column(["1.5", "2", None])[1].rewritten == ""
    assert _column(["2024-01-05", "2024-01-06"])[1].rewritten == ""


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["(3.50)", "$ 1,200", "($7)"], [-3.5, 1200, -7]),
        (["12-", "3.5"], [-12, 3.5]),
        (["\u22121.5", "2\u202f000"], [-1.5, 2000]),
        (["1\u00a0234", "4\u2019000"], [1234, 4000]),
        (["03:15", "23:59:30", "1:05 PM"], [11_700, 86_370, 47_100]),
    ],
)
def test_other_ways_to_write_numbers_are_read(cells, numbers):
    read, column = _column(cells)
    assert read.to_list() == numbers
    assert column.rewritten


@pytest.mark.parametrize(
    ("cells", "numbers", "style"),
    [
        (["12.5 kg", "3 kg", "1,200 kg"], [12.5, 3, 1200], "unit kg"),
        (["12,5kg", "3kg"], [12.5, 3], "decimal comma, unit kg"),
        (["36 months", "60 months", None], [36, 60, None], "unit months"),
        (["21 °C", "-3.5 °C"], [21, -3.5], "unit °C"),
    ],
)
def test_numbers_with_one_unit_are_numbers(cells, numbers, style):
    read, column = _column(cells)
    assert read.to_list() == numbers
    assert (column.kind, column.style) == ("number", style)
    unit = style.rpartition("unit ")[-1]
    assert f"the unit {unit!r}" in column.reason


@pytest.mark.parametrize(
    "cells",
    [
        ["5 Jan 2020", "12 December 2021", None],
        ["Jan 5, 2020", "December 12th, 2021", None],
        ["Sun, 05-Jan-2020", "12-dec-2021", None],
    ],
)
def test_dates_with_names_of_months_are_read(cells):
    days = [datetime.datetime(2020, 1, 5), datetime.datetime(2021, 12, 12), None]
    read, column = _column(cells)
    assert read.to_list() == days
    assert column.kind == "date"


def test_times_with_am_and_pm_are_read():
    cells = ["1/20/2020 12:30 AM", "1/20/2020 9:05 pm", "Jan 20, 2020, 12:00 PM"]
    clock = [datetime.time(0, 30), datetime.time(21, 5), datetime.time(12)]
    day = datetime.date(2020, 1, 20)
    expected = [datetime.datetime.combine(day, time) for time in clock]
    assert _column(cells)[0].to_list() == expected


def test_dates_without_separators_are_read_if_the_user_says_so():
    for cells in (["20241231", "20240229"], [20241231, 20240229]):
        assert _column(cells)[1].kind == "number"
        read, _ = _column(cells, kind="date")
        days = [datetime.datetime(2024, 12, 31), datetime.datetime(2024, 2, 29)]
        assert read.to_list() == days


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["3,5", "2,25", None], [3.5, 2.25, None]),
        (["1", "3,5", "-2"], [1.0, 3.5, -2.0]),
        (["1,234", "3,5"], [1.234, 3.5]),
        (["1.234,50", "1.000", "2,00"], [1234.5, 1000.0, 2.0]),
        (["2,50", ",5", "1 000,25", "1,5e3"], [2.5, 0.5, 1000.25, 1500.0]),
    ],
)
def test_decimal_commas_are_read_in_the_style_of_their_column(cells, numbers):
    read, column = _column(cells)
    assert read.to_list() == numbers
    assert (column.kind, column.style, column.num_stray) == (
        "number",
        "decimal comma",
        0,
    )
    assert "," in column.rewritten
    assert column.reason == "numbers with a decimal comma"
    assert _column(cells, kind="number")[0].to_list() == numbers


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["31/12/2024", "1/2/2024", "2024-02-01"], "day first"),
        (["12/31/2024", "2/1/2024", "1.2.2024"], "month first"),
        (["31-12-2024", "1-2-2024", "01.02.2024"], "day first"),
    ],
)
def test_a_day_after_the_12th_decides_the_order_of_dates(cells, style):
    read, column = _column(cells)
    days = [datetime.datetime(2024, 12, 31), *[datetime.datetime(2024, 2, 1)] * 2]
    assert read.to_list() == days
    assert (column.kind, column.style) == ("date", style)
    assert column.reason == f"dates with the {style}"
    assert _column(cells, kind="date")[0].to_list() == days


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            ["1.5", "3,5"],
            "commas are decimal separators in '3,5', and so is '.' in '1.5'; write "
            "all numbers with a decimal point",
        ),
        (
            ["1,234,567", "3,5"],
            "commas are decimal separators in '3,5', but separate thousands in "
            "'1,234,567'; write all numbers with a decimal point",
        ),
        (
            ["3,5", *["1,234"] * 30],
            "commas are decimal separators in '3,5', but separate thousands in "
            "'1,234'; write all numbers with a decimal point",
        ),
        (
            ["1/12/2024", "01/02/2024"],
            "day and month could be swapped in dates such as '1/12/2024'; write them "
            "as 2024-12-31",
        ),
        (
            ["31/12/2024", "12/31/2024"],
            "the day comes first in '31/12/2024' but second in '12/31/2024'; write "
            "them as 2024-12-31",
        ),
        (
            ["31/12/24", "01/02/24"],
            "dates such as '31/12/24' have two-digit years; write them as 2024-12-31",
        ),
    ],
)
def test_the_reason_says_how_to_write_ambiguous_numbers_and_dates(cells, reason):
    assert _column(cells)[1].reason == reason


def test_ambiguous_dates_that_the_user_set_to_be_dates_are_refused():
    with pytest.raises(InputError, match="'a' cannot be read: day and month could be"):
        _column(["1/12/2024", "01/02/2024"], kind="date")


@pytest.mark.parametrize("kind", ["number", "boolean", "date"])
def test_columns_without_any_value_of_the_kind_that_the_user_set(kind):
    with pytest.raises(InputError) as caught:
        _column(["soon", None, "late"], kind=kind)
    assert list(caught.value.faults) == [
        f"'a' contains no {kind}s, only cells such as 'soon'. Set another kind, or "
        "leave 'a' out of kinds."
    ]
    assert _column(["NA", None, "?"], kind=kind)[1].num_missing == 3


def test_a_few_decimal_commas_among_decimal_points_are_slips():
    _, column = _column([str(value / 2) for value in range(0, 600, 3)] + ["1,5"])
    assert (column.kind, column.num_stray) == ("number", 1)
    read, column = _column([str(value) for value in range(0, 600, 3)] + ["1,5"])
    assert (column.num_stray, read[-1]) == (0, 1.5)


def test_an_index_of_joined_tables_is_an_id():
    rows = np.tile(np.arange(N), 1).tolist() + list(range(N // 2))
    assert _column(rows, "Unnamed: 0")[1].kind == "id"
    assert _column(rows, "age")[1].kind == "number"


def test_stray_text_is_counted_and_taken_as_missing():
    values = [str(i * 0.5) for i in range(98)] + ["about 3", "NA"]
    read, column = _column(values)
    assert column.kind == "number"
    assert (column.num_missing, column.num_stray) == (2, 1)
    assert column.reason == "numbers; 1 other cell treated as missing"
    assert read[98] is None


def test_words_for_missing_stay_words_among_words():
    read, column = _column(["None", "low", "high", "None"])
    assert column.kind == "category"
    assert column.num_missing == 0
    assert read.to_list() == ["None", "low", "high", "None"]


def test_counts_leave_missing_out():
    _, column = _column([1.0, None, float("nan"), 2.0, 2.0])
    assert (column.num_missing, column.num_distinct) == (2, 2)


def test_a_kind_set_by_the_user_prevails():
    codes = [10, 20, 10, 30]
    read, column = _column(codes, kind="category")
    assert read.to_list() == ["10", "20", "10", "30"]
    assert column.reason == "set by the user"
    assert _column(list(range(N)), kind="number")[1].kind == "number"
    assert _column([0, 1, 1], kind="boolean")[0].to_list() == [False, True, True]
    assert not _column([0, 1, 1], kind="id")[1].used


def test_whole_numbers_are_written_the_same_as_categories():
    whole = read_as(pl.Series([1, 2, None]), "category").values
    mixed = read_as(pl.Series([1.0, 2.0, None, 2.5]), "category").values
    assert whole.to_list() == ["1", "2", None]
    assert mixed.to_list() == ["1", "2", None, "2.5"]


def test_moments_are_read_in_universal_time():
    moments = [
        "2024-03-01",
        "2024-03-01T06:30",
        "2024-03-01 06:30:15.25",
        "2024-03-01T06:30:00Z",
        "2024-03-01T06:30:00+02:00",
        "2024-03-01T06:30:00-0130",
        "2024-02-30",
        "soon",
        "NA",
    ]
    reading = read_as(pl.Series(moments), "date")
    day = datetime.datetime(2024, 3, 1)
    hours = [0, 6.5, 6.5 + 15.25 / 3600, 6.5, 4.5, 8.0]
    wanted = [day + datetime.timedelta(hours=h) for h in hours]
    assert reading.values.to_list() == [*wanted, None, None, None]
    assert reading.stray.to_list() == [False] * 6 + [True, True, False]
    zoned = pl.Series([datetime.datetime(2024, 3, 1, 6, 30)]).dt.replace_time_zone(
        "Europe/Paris"
    )
    assert read_as(zoned, "date").values.to_list() == [
        day + datetime.timedelta(hours=5.5)
    ]


@pytest.mark.parametrize(
    ("values", "kind", "stray"),
    [
        (["1", "x", None], "number", [False, True, False]),
        ([1, 2], "boolean", [False, True]),
        (["yes", "true"], "boolean", [True, False]),
        ([5.0], "date", [True]),
        ([datetime.date(2024, 1, 1)], "number", [True]),
        ([datetime.date(2024, 1, 1)], "boolean", [True]),
        ([[1, 2], None], "number", [True, False]),
    ],
)
def test_cells_that_are_not_of_the_kind_are_stray(values, kind, stray):
    assert read_as(pl.Series(values), kind).stray.to_list() == stray


def test_row_numbers_are_used_if_there_is_no_other_input():
    x = np.arange(50)
    dataset = load({"x": x, "y": np.sin(x)}, target="y")
    assert dataset.columns[0].kind == "number"
    assert dataset.columns[0].reason == "numbers, as there are no other inputs"
    beside = load({"x": x, "z": np.cos(x), "y": np.sin(x)}, target="y")
    assert [c.kind for c in beside.columns] == ["id", "number"]


def test_ignored_columns_stay_in_the_frame_and_in_the_fingerprint():
    frame = pl.DataFrame({"a": [1.0, 2.0, 5.0], "b": [1.0, 0.0, 2.0], "y": [1, 0, 1]})
    whole, part = load(frame), load(frame, ignore=["b"])
    assert part.frame.columns == ["a", "b"]
    assert [c.used for c in part.columns] == [True, False]
    assert (whole.num_features, part.num_features) == (2, 1)
    assert whole.fingerprint == part.fingerprint


@pytest.mark.parametrize("kind", ["number", "date", "boolean", "category"])
def test_a_long_column_of_few_texts_is_read_like_a_short_one(kind):
    few = ["7", "$1,200", "?", None, "", "2024-1-5", "3.1.2024", "many", " true "]
    short, long = (pl.Series("a", few * count) for count in (1, 2_000))
    expected, reading = read_as(short, kind), read_as(long, kind)
    for one, many in (
        (expected.values, reading.values),
        (expected.stray, reading.stray),
        (is_rewritten(short, kind), is_rewritten(long, kind)),
    ):
        assert many.to_list() == one.to_list() * 2_000


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ([1.0, 0.0, 2.0, None], [True, False, None, None]),
        ([1, 0, 2, None], [True, False, None, None]),
        ([None, None], [None, None]),
        (["TRUE", "false", "2"], [True, False, None]),
    ],
)
def test_numbers_of_any_type_are_booleans(cells, values):
    reading = read_as(pl.Series("a", cells), "boolean")
    assert reading.values.to_list() == values


def test_numbers_among_which_words_are_frequent_are_reported():
    cells = ["1", "2", "3", "none"] * 10
    table = {"rooms": cells, "y": ["a", "b"] * 20}
    (finding,) = (
        f for f in look(load(table, target="y")) if f.code == "mostly_numbers"
    )
    assert finding.message == (
        "'rooms' is treated as categorical (30 of its values are numbers, but not "
        "'none')."
    )
    assert finding.remedy.endswith("write kinds={'rooms': 'number'}.")
    dataset = load(table, target="y", kinds={"rooms": "number"})
    assert dataset.frame["rooms"].to_list()[:4] == [1, 2, 3, None]


def test_words_among_which_numbers_are_rare_are_not_reported():
    table = {"size": ["s", "m", "l", "40"] * 10, "y": ["a", "b"] * 20}
    codes = [finding.code for finding in look(load(table, target="y"))]
    assert "mostly_numbers" not in codes
