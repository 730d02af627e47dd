"""Rows that are not examples are left out, and rows of other tables are refused."""

import numpy as np
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import load
from assay.data.columns._other_rows import without_other_rows

NAMES = "a,b,y\n"
BODY = "1,20,u\n2,30,v\n4,10,u\n7,20,v\n"


def _load(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_text(content)
    data = load(path, target="y")
    return data, " ".join(data.notes)


@pytest.mark.parametrize(
    ("content", "num_tables"),
    [
        (f"{NAMES}cm,kg,\n{BODY}{NAMES}cm,kg,\n{BODY}", 2),
        (f"{NAMES}cm,kg,\n{BODY}cm,kg,\n{BODY}", 2),
        (f"{NAMES}{BODY}{NAMES}cm,kg,\n{BODY}", 2),
        (f"{NAMES}cm,kg,\n{BODY}" * 3, 3),
    ],
)
def test_units_are_repeated_where_files_were_joined(content, num_tables, tmp_path):
    data, notes = _load(tmp_path, content)
    assert data.frame["a"].to_list() == [1, 2, 4, 7] * num_tables
    assert data.task.classes == ("u", "v")
    assert all(column.num_missing == 0 for column in data.columns)
    assert "units or descriptions further down" in notes
    assert "looks like data" not in notes


def test_several_lines_may_describe_the_columns(tmp_path):
    questions = 'How old?,"How tall, in cm?",Group\n'
    codes = '"{""id"": ""Q1""}","{""id"": ""Q2""}","{""id"": ""Q3""}"\n'
    data, notes = _load(tmp_path, NAMES + questions + codes + BODY)
    assert data.frame["b"].to_list() == [20, 30, 10, 20]
    assert "The first 2 rows were left out, because they seem to describe" in notes


def test_questions_above_dates_and_numbers(tmp_path):
    table = "day,b,y\nWhat day?,How old?,Group\n2024-01-05,20,u\n2024-02-05,30,v\n"
    data, notes = _load(tmp_path, f"{table}2024-03-05,10,u\n2024-04-05,20,v\n")
    assert data.frame["day"].dt.month().to_list() == [1, 2, 3, 4]
    assert data.task.classes == ("u", "v")
    assert "The first row was left out" in notes


GERMAN = "1,5;20,5;u\n2,5;30,5;v\n4,5;10,5;u\n7,5;20,5;v\n"


@pytest.mark.parametrize(
    "other_rows",
    ["a;b;y\ncm;kg;\n{}", "a;b;y\n{}a;b;y\n{}", "a;b;y\n{}16;82;Summe\n"],
)
def test_rows_that_are_no_examples_in_a_table_with_decimal_commas(other_rows, tmp_path):
    data, notes = _load(tmp_path, other_rows.format(GERMAN, GERMAN))
    assert data.frame["a"].to_list()[:4] == [1.5, 2.5, 4.5, 7.5]
    assert data.task.classes == ("u", "v")
    assert all(column.num_missing == 0 for column in data.columns)
    assert "left out" in notes


def test_another_table_below_decimal_commas_is_refused(tmp_path):
    with pytest.raises(InputError, match="column names of another table"):
        _load(tmp_path, f"a;b;y\n{GERMAN}p;q;kind\n{GERMAN}")


def test_lines_of_units_and_of_statistics(tmp_path):
    data, notes = _load(tmp_path, f"{NAMES}cm,kg,\n,Avg,\n{BODY}")
    assert data.frame["b"].to_list() == [20, 30, 10, 20]
    assert "The first 2 rows were left out" in notes


@pytest.mark.parametrize("rule", ["-,-,-\n", "---,----,-\n", "===,===,===\n"])
def test_a_line_of_dashes_below_the_names(rule, tmp_path):
    data, notes = _load(tmp_path, NAMES + rule + BODY)
    assert data.frame["a"].to_list() == [1, 2, 4, 7]
    assert "because it only underlines the column names" in notes


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            "b,a,y",
            "The row ['b', 'a', 'y'] contains the column names in a different order",
        ),
        (
            "B,A,y",
            "The row ['B', 'A', 'y'] contains the column names in a different order",
        ),
        ("p,q,kind", "The row ['p', 'q', 'kind'] seems to contain the column names of"),
    ],
)
def test_another_table_below_the_first_one_is_refused(names, message, tmp_path):
    with pytest.raises(InputError) as caught:
        _load(tmp_path, f"{NAMES}{BODY}{names}\n{BODY}")
    (fault,) = caught.value.faults
    assert fault.startswith(message)


@pytest.mark.parametrize("row", ["error,error,u", "off,down,u", "NA,?,z", "x,3,z"])
def test_words_in_a_row_are_not_always_names(row, tmp_path):
    """A sensor that failed repeats a word, or has a class of other rows."""
    data, _ = _load(tmp_path, NAMES + BODY * 10 + row + "\n")
    assert data.num_examples == 41


def test_totals_are_no_example(tmp_path):
    table = "name,a,b,y\n" + "".join(
        f"n{number},{line}\n" for number, line in enumerate(BODY.split())
    )
    data, notes = _load(tmp_path, f"{table}Total,14,80,\n")
    assert data.num_examples == 4
    assert "The last row was left out, because it contains the totals." in notes
    # these are not the sums
    data, notes = _load(tmp_path, f"{table}Total,14,81,u\n")
    assert data.num_examples == 5


@pytest.mark.parametrize("num_frames", [2, 3, 10])
def test_a_nameless_index_of_joined_frames_is_no_feature(num_frames, tmp_path):
    rows = [f"{row},{row * 7 % 5},{'uv'[row % 2]}" for row in range(3)] * num_frames
    data, _ = _load(tmp_path, "\n".join([",a,y", *rows, ""]))
    assert [column.kind for column in data.columns] == ["id", "number"]


def test_a_shuffled_index_of_joined_frames_is_no_feature(tmp_path):
    random = np.random.default_rng(0)
    index = random.permutation(np.tile(np.arange(12), 4))
    rows = [f"{i},{random.normal():.3f},{'uv'[i % 2]}" for i in index.tolist()]
    data, _ = _load(tmp_path, "\n".join([",a,y", *rows, ""]))
    assert data.columns[0].kind == "id"
    # 3 occurs more often than 2, so these are not row numbers
    more = [f"3,{value},u" for value in range(4)]
    data, _ = _load(tmp_path, "\n".join([",a,y", *rows, *more, ""]))
    assert data.columns[0].kind == "number"


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        (["Average,2.5,3.25"], "contains the means."),
        (["Mean:,2.5,3.3"], "contains the means."),
        (
            ["Total,10,13", "Average,2.5,3.25"],
            "contain sums, means or other summaries.",
        ),
        (["Min,1,1", "Max,4,6"], "contain sums, means or other summaries."),
        (["Median,2.5,3"], "contains the summaries."),
        (["Std dev,1.29,2.22"], "contains the summaries."),
        (["Total:,10,13"], "contains the totals."),
    ],
)
def test_last_rows_that_summarize_the_others(tmp_path, rows, note):
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["g,a,y", "p,1,1", "q,2,4", "r,3,2", "s,4,6", *rows]))
    dataset = load(path, target="y")
    assert dataset.target.tolist() == [1, 4, 2, 6]
    assert dataset.notes[0].endswith(note)


@pytest.mark.parametrize(
    "row", ["Average,2.7,3.25", "Max,4,5", "Median,,", "Total,2.5,3.25", "mean,x,3.25"]
)
def test_last_rows_that_do_not_summarize_the_others(tmp_path, row):
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["g,a,y", "p,1,1", "q,2,4", "r,3,2", "s,4,6", row]))
    if ",," in row:
        with pytest.raises(InputError, match="Targets are missing in row 4"):
            load(path, target="y")
    else:
        assert load(path, target="y").num_examples == 5


def test_a_name_and_the_largest_number_are_an_example(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("name,score,y\nAnn,3,a\nBob,4,b\nEve,2,a\nMax,4,b")
    assert load(path, target="y").num_examples == 4


def test_the_totals_below_rows_with_the_same_words(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("level,a,y\nmax,1,1\nmin,2,4\nmin,3,2\nmax,4,6\nTotal,10,13")
    assert load(path, target="y").num_examples == 4


def test_a_column_without_a_name_may_be_the_only_one_with_numbers():
    frame = pl.DataFrame({"": ["1", "2", ""], "b": ["x", "y", "b"]})
    kept, notes = without_other_rows(frame)
    assert kept.rows() == [("1", "x"), ("2", "y")]
    assert notes == ["1 row that repeats the column names was left out."]
