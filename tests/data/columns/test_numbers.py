"""Numbers and words for "no value" in the notations of other programs."""

import polars as pl
import pytest

from assay._errors import InputError
from assay.data import load, look
from assay.data.columns._detect_kind import read_column
from assay.data.columns._parse import read_as


@pytest.mark.parametrize(
    ("cells", "numbers", "style"),
    [
        (
            ["1.234.567", "12.500", "80"],
            [1234567, 12500, 80],
            "points between thousands",
        ),
        (
            ["1.234.567 €", "-12.500 €"],
            [1234567, -12500],
            "points between thousands, unit EUR",
        ),
        (["12,50 Kč", "3 Kč"], [12.5, 3], "decimal comma, unit Kč"),
        (["5 шт", "12 шт"], [5, 12], "unit шт"),
        (["3個", "10個"], [3, 10], "unit 個"),
        (["12+", "1,000+"], [12, 1000], "unit +"),
        (["'12", "'-3.5", "'0.5", "7"], [12, -3.5, 0.5, 7], ""),
        ([" $ 1,200.50 ", " $ -   ", "$ (7.00)"], [1200.5, 0, -7], "unit USD"),
        (["12,50 €", "- €"], [12.5, 0], "decimal comma, unit EUR"),
        (["0,295", "0,140", "-0,005"], [0.295, 0.14, -0.005], "decimal comma"),
        (["1,295", "0,140"], [1.295, 0.14], "decimal comma"),
        (["1,295", "12,140"], [1295, 12140], ""),
        # a dash instead of the decimal places
        (["CHF 1’234.–", "Fr. 12.50", "20.-"], [1234, 12.5, 20], "unit CHF"),
        (["1.250,- €", "12,– €"], [1250, 12], "decimal comma, unit EUR"),
        (["Rs. 1,200/-", "500:-", "7-"], [1200, 500, -7], "unit INR"),
    ],
)
def test_notations_of_numbers(cells, numbers, style):
    values, column = read_column(pl.Series("a", cells))
    assert values.to_list() == numbers
    assert (column.kind, column.style, column.num_stray) == ("number", style, 0)
    assert read_as(pl.Series(cells), "number", style).values.to_list() == numbers


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (["1 days 00:00:05", "", "2 days 00:00:05"], [86405, None, 172805]),
        (["05:30.5", None, "PT2H"], [330.5, None, 7200]),
        (["-0:30:00", "NA", "0:30:00"], [-1800, None, 1800]),
        (["-1 days +23:59:00", "1 days 00:00:00"], [-60, 86400]),
        (["100:30", "0:30", "-0:30"], [361800, 1800, -1800]),
    ],
)
def test_durations(cells, seconds):
    values, column = read_column(pl.Series("a", cells))
    assert values.to_list() == seconds
    assert (column.kind, column.num_stray) == ("number", 0)
    assert column.num_missing == seconds.count(None)


def test_a_style_is_described_in_the_reason():
    column = read_column(pl.Series("a", ["1.234.567", "12.500"]))[1]
    assert column.reason == "numbers with points between thousands"


@pytest.mark.parametrize(
    "cells",
    [
        ["10.123.456", "10.123.4567"],  # not all groups have three digits
        ["1.234.567", "0.500"],
        ["1.234.567", "12345.5"],
    ],
)
def test_other_points_do_not_separate_thousands(cells):
    assert read_column(pl.Series("a", cells))[1].style == ""


def test_decimal_points_stay_decimal():
    values, column = read_column(pl.Series("a", ["1.234", "12.500"]))
    assert values.to_list() == [1.234, 12.5]
    assert column.style == ""


@pytest.mark.parametrize("kind", [None, "number"])
def test_words_for_no_value_have_no_unit(kind):
    cells = pl.Series("a", ["12.5 kg", "NA", "3 kg", None, "-", "7 kg"])
    values, column = read_column(cells, kind)
    assert values.to_list() == [12.5, None, 3, None, None, 7]
    assert (column.kind, column.style, column.num_stray) == ("number", "unit kg", 0)


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["172nd", "256th", "1,003rd", "21ST"], [172, 256, 1003, 21]),
        (["4th", "5th", "NA", None], [4, 5, None, None]),  # no unit 'th'
    ],
)
def test_ordinals_are_numbers(cells, numbers):
    values, column = read_column(pl.Series("a", cells))
    assert values.to_list() == numbers
    assert column.reason == "numbers with ordinal endings"
    new = pl.Series("a", ["1st", "7", "1st place"])
    assert read_as(new, "number", column.style).values.to_list() == [1, 7, None]


@pytest.mark.parametrize("cells", [["1º", "2º", "3ª"], ["1st", "2nd", "crew"]])
def test_other_ordinals_are_words(cells):
    assert read_column(pl.Series("a", cells * 9))[1].kind == "category"


def test_a_target_of_ordinals():
    grades, classes = ["3rd", "1st", "2nd"] * 10, ("1st", "2nd", "3rd")
    assert _target(grades)[0].classes == classes
    assert _target(grades)[1] == [2, 0, 1] * 10
    task, places = _target([f"{place}th" for place in range(104, 111)])
    assert (task.kind, places[0]) == ("regression", 104)


@pytest.mark.parametrize(
    "word",
    [
        *("\\N", "(null)", "[NULL]", "<null>"),  # databases
        *("#NV", "#WERT!", "#VALEUR!", "#ERROR!", "Err:502"),  # spreadsheets
        *(".A", ".Z", "..", ":", "k. A."),  # statistics
        *("NAN", "na", "n.d."),  # data loggers and laboratories
    ],
)
def test_words_for_no_value(word):
    values, column = read_column(pl.Series("a", ["1.5", word, "2.5"]))
    assert values.to_list() == [1.5, None, 2.5]
    assert (column.kind, column.num_missing, column.num_stray) == ("number", 1, 0)
    kinds = read_column(pl.Series("a", ["red", word, "blue", word]))[1]
    assert (kinds.kind, kinds.num_missing) == ("category", 0)  # a word among words


def _target(cells):
    data = load({"a": [i * 0.5 for i in range(len(cells))], "y": cells}, target="y")
    return data.task, data.target.tolist()


def test_equal_numbers_are_one_class():
    task, target = _target(["1", "1.0", "x", "2.0"] * 5)
    assert task.classes == ("1", "2.0", "x")
    assert target == [0, 0, 2, 1] * 5
    assert task.reason.endswith("; '1.0' is read as '1'")
    assert _target(["1.1", "1.10", "x"] * 5)[0].classes == ("1.1", "1.10", "x")


def test_whole_numbers_written_by_numpy_are_plain_classes():
    cells = ["0.000000000000000000e+00", "1.000000000000000000e+00"] * 6
    assert _target(cells)[0].classes == (0, 1)
    # Only people omit the decimal places.
    assert _target(["1e3", "2E3"] * 5)[0].classes == ("1e3", "2E3")


def test_accents_may_be_encoded_in_two_ways():
    task, target = _target(["caf\u00e9", "cafe\u0301", "bar"] * 5)
    assert task.classes == ("bar", "caf\u00e9")
    assert target == [1, 1, 0] * 5
    values, column = read_column(pl.Series("a", ["e\u0301", "\u00e9", "o"] * 3))
    assert column.num_distinct == 2
    assert set(values) == {"\u00e9", "o"}


@pytest.mark.parametrize(
    ("cells", "example"),
    [
        (["1.234", "850", "12.500"], "1.234"),
        (["850", "1.000"], "1.000"),
        (["€850", "€1.234"], "€1.234"),
        (["1.234 kg", "850 kg"], "1.234"),
        (["1.234", "850", "NA"], "1.234"),
        (["1.234", "850", "0.5"], ""),
        (["1.234", "8500"], ""),
        (["1.234", "2.345"], ""),  # numbers rounded to three digits
        (["850", "12"], ""),
        (["1.234.567", "850"], ""),  # the points can only separate thousands
    ],
)
@pytest.mark.parametrize("num_columns", [1, 3])
def test_points_that_may_separate_thousands_are_reported(cells, example, num_columns):
    column = cells * 6
    table = {f"x{i}": column for i in range(num_columns)}
    table["y"] = [*"ab"] * (len(column) // 2)
    dataset = load(table, target="y")
    assert {column.ambiguous for column in dataset.columns} == {example}
    found = [f for f in look(dataset) if f.code == "ambiguous_points"]
    assert len(found) == num_columns * bool(example)
    if found:
        whole = example.replace(".", "")
        assert found[0].remedy.endswith(f"without separators, such as {whole}.")


def test_points_of_a_target_that_may_separate_thousands_are_noted():
    table = {"x": [0.5, 1.5, 2.5], "y": ["1.234", "850", "12.500"]}
    assert load(table, target="y").task.reason.endswith(
        "'1.234' is read with a decimal point; if the point separates thousands, "
        "write 1234"
    )


def test_minutes_and_seconds_next_to_hours_are_not_misread():
    times = [*(f"{minute}:28" for minute in range(20, 60)), "1:04:28"]
    column = read_column(pl.Series("time", times))[1]
    assert column.kind == "unusable"
    assert "'20:28'" not in column.reason
    assert "'25:28' may be minutes and seconds, because '1:04:28'" in column.reason
    frame = pl.DataFrame({"x": range(41), "time": times})
    with pytest.raises(InputError, match="The target 'time' cannot be read: '25:28'"):
        load(frame, target="time")
    clocks = [f"{hour}:30{second}" for hour in range(24) for second in ("", ":15")]
    assert read_column(pl.Series("time", clocks))[1].kind == "number"


@pytest.mark.parametrize("form", ["{} {}M", "{}{}m", "{} {}.m.", "{:02} {}m"])
def test_hours_with_am_and_pm_are_times_of_day(form):
    cells = [form.format(hour, half) for hour in (12, 1, 11) for half in "ap"]
    values, column = read_column(pl.Series("hour", cells))
    assert (column.kind, column.style) == ("number", "")
    assert (values / 3600).to_list() == [0, 12, 1, 13, 11, 23]
    table = {"hour": cells * 5, "y": ["a", "b"] * 15}
    (found,) = (f for f in look(load(table, target="y")) if f.code == "rewritten_text")
    assert f"{cells[0]!r}, which is interpreted as 0 seconds." in found.message
    # picometers
    assert read_column(pl.Series("size", ["5 pm", "112 pm"]))[0].to_list() == [5, 112]


def test_zero_before_a_comma_shows_that_it_is_decimal():
    frame = pl.DataFrame({"a": ["33,472", "1,250"], "b": ["0,860", "0,125"]})
    dataset = load(frame.with_columns(y=pl.Series([1.5, 2.5])), target="y")
    assert dataset.frame["a"].to_list() == [33.472, 1.25]


THREE_DIGITS = ["48,155", "12,310", "10,000", "7,125"]


@pytest.mark.parametrize("unit", ["", " kg", " €"])
@pytest.mark.parametrize(("separator", "first"), [(";", 48.155), (",", 48155)])
def test_semicolons_suggest_decimal_commas(separator, first, unit, tmp_path):
    path = tmp_path / "table.csv"
    rows = [f'"{cell}{unit}"{separator}{cell == "7,125"}' for cell in THREE_DIGITS]
    path.write_text("\n".join([f"size{separator}y", *rows]))
    assert load(path, target="y").frame["size"][0] == first


@pytest.mark.parametrize(
    ("other", "first"),
    [
        (["5,250", "6,500", "0", "9,875"], 48.155),
        (["5 m", "12,310 m", "lot 3, 5", "x"], 48.155),  # not numbers
        (["1,234,567", "2,500", "3,500", "4,500"], 48155),
        (["2,500", "1,234.5", "3,500", "4,500"], 48155),
        (["1,00,000", "2,500", "3,500", "4,500"], 48155),
        (["1.5", "2.25", "3", "4"], 48155),
        (["987", "2,500", "3,500", "4,500"], 48155),
    ],
)
def test_other_numbers_may_show_that_commas_separate_thousands(other, first, tmp_path):
    path = tmp_path / "table.csv"
    pairs = zip(THREE_DIGITS, other, strict=True)
    rows = [f"{size};{cell};{row}" for row, (size, cell) in enumerate(pairs)]
    path.write_text("\n".join(["size;other;y", *rows]))
    assert load(path, target="y").frame["size"][0] == first


def test_times_of_day_in_words_are_shown_in_seconds():
    table = {"time": ["7.30 Uhr", "19 Uhr", "8.05 Uhr"] * 10, "y": ["a", "b"] * 15}
    (found,) = (f for f in look(load(table, target="y")) if f.code == "rewritten_text")
    assert "'7.30 Uhr', which is interpreted as 27000 seconds." in found.message
