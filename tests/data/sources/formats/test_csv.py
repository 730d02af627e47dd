"""Separated files in every common layout are read as the intended table."""

import numpy as np
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import load, read

TABLE = [("1", "2"), ("3", "4")]


def _read(tmp_path, content, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path)


def _notes(tmp_path, content, name="table.csv"):
    from assay.data.sources._registry import read_table

    _read(tmp_path, content, name)
    return read_table(tmp_path / name).notes


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4",
        "a\tb\n1\t2\n3\t4\n",
        "a|b\n1|2\n3|4\n",
        "a;b\n1;2\n3;4\n",
        "sep=;\na;b\n1;2\n3;4\n",
        '"sep=|"\r\na|b\r\n1|2\r\n3|4\r\n',
        "SEP=,\na,b\n1,2\n3,4\n",
        "a,b\r1,2\r3,4\r",
        'a,b\r"1",2\r3,4',
        "a,b\r\n1,2\r\n3,4\r\n",
        "# made by a logger\na,b\n1,2\n3,4\n",
        "# made on 2024-01-31, by a logger\n#\na,b\n1,2\n# a pause\n3,4\n",
        "# x, y\na,b\n1,2\n# x, y\n3,4\n",
        "My report\n\na,b\n1,2\n3,4\n",
        "My report\nof all cells\n\n\na;b\n1;2\n3;4\n",
        "\n\na,b\n1,2\n3,4\n",
        '"a", "b"\n1, 2\n3, "4"\n',
        ' "a","b"\n1,2\n "3",4\n',
        b"\xef\xbb\xbfa,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4\n".encode("utf-16"),
        "a,b\n1,2\n\n3,4\n  \n\n",
        "a b\n1 2\n3 4\n",
        "a   b\r\n 1  2 \r\n 3    4\r\n",
    ],
)
def test_layouts_in_use_are_read_as_the_same_table(content, tmp_path):
    frame = _read(tmp_path, content)
    assert frame.columns == ["a", "b"]
    assert frame.rows() == TABLE


def test_titles_filled_up_with_separators_are_skipped(tmp_path):
    content = "Cells of 2024,,\n,,\na,b,c\n1,2,3\n4,5,6\n"
    assert _read(tmp_path, content).rows() == [("1", "2", "3"), ("4", "5", "6")]
    assert _notes(tmp_path, content) == (
        "Lines above the column names were left out: ['Cells of 2024'].",
    )


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("height, cm;weight\n180;75\n170;60\n", ["height, cm", "weight"]),
        ('"height, cm";weight\n180,5;75\n170;60\n', ["height, cm", "weight"]),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ["a", "b"]),
        ("#id,size\n1,2\n3,4\n", ["#id", "size"]),
        ("#id,size\nred,NA\nblue,4\n", ["#id", "size"]),
        ("a,b|c\n1,x|y\n2,z|w\n", ["a", "b|c"]),
        ("text\nhello; world\nfoo; bar\n" + "a; b\n" * 20, ["text"]),
        ("text\nhello| world\nfoo| bar\n" + "a| b\n" * 20, ["text"]),
        ("name,,\nx,y,z\nu,v,w\n", ["name", "column_1", "column_2"]),
    ],
)
def test_the_header_decides_between_separators(content, columns, tmp_path):
    assert _read(tmp_path, content).columns == columns


def test_unquoted_separators_in_text_are_an_error_rather_than_a_title(tmp_path):
    content = "text\nhello, world\n" + "foo, bar\n" * 20
    with pytest.raises(InputError, match="Every line must have 1 cell, like"):
        _read(tmp_path, content)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_short_line_does_not_make_up_for_a_long_one(end, tmp_path):
    with pytest.raises(InputError, match="line 2 has 4. .* header: 2, 4"):
        _read(tmp_path, "a,b,y\n1,2,3,4\n1,2,3\n5,6" + end)


def test_a_tsv_may_hold_commas(tmp_path):
    frame = _read(tmp_path, "a,x\tb\n1,5\t2\n", "table.tsv")
    assert frame.rows() == [("1,5", "2")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoted", [False, True])
def test_lines_of_separators_are_rows_and_empty_lines_are_not(end, quoted, tmp_path):
    lines = ["w,h", '"10",0' if quoted else "10,0", ",", "", "0,0", "10,1", "", ""]
    frame = _read(tmp_path, end.join(lines))
    assert frame.rows() == [("10", "0"), (None, None), ("0", "0"), ("10", "1")]
    num_empty = 2  # the last one only ends its line
    assert f"{num_empty} empty lines were left out." in _notes(
        tmp_path, end.join(lines)
    )


def test_rows_without_any_value_are_predicted_but_not_learned_from(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("w,y\n" + "10,u\n20,v\n" * 3 + ",\n,\n")
    assert read(path).height == 8
    dataset = load(path, target="y")
    assert dataset.num_examples == 6
    assert "2 rows without any value were left out." in dataset.notes
    tested = load(path, target="y", test_data=path)
    assert (tested.num_examples, tested.num_test) == (12, 6)
    assert "Test set: 2 rows without any value were left out." in tested.notes


def test_notes_count_comments(tmp_path):
    content = "# one\na,b\n1,2\n# two\n# three, four\n3,4\n"
    assert "2 comment lines were left out." in _notes(tmp_path, content)
    # A value may begin with '#' unless '#' marks comments.
    frame = _read(tmp_path, "color,y\n#ff0000,1\n#00ff00,2\n")
    assert frame["color"].to_list() == ["#ff0000", "#00ff00"]


def test_text_of_numbers_survives(tmp_path):
    texts = ["007", "9007199254740993", "9007199254740993.0", "1e400", "+1", "0x10"]
    frame = _read(tmp_path, "n,y\n" + "".join(f"{text},1\n" for text in texts))
    assert frame["n"].to_list() == texts


@pytest.mark.parametrize(
    ("content", "noted"),
    [
        ("1.5,red,2\n1,blue,3\n2,green,4\n", True),
        ("red,yes\nblue,no\nred,yes\n", True),
        ("width,kind\n1,red\n2,blue\n", False),
        ("kind,2019\nred,1\nblue,2\n", True),
        ("kind,size,2019\nred,1,5\nblue,2,6\n", False),
    ],
)
def test_a_header_that_looks_like_data_is_noted(content, noted, tmp_path):
    notes = " ".join(_notes(tmp_path, content))
    assert ("add a header row above it" in notes) == noted


def test_long_cells_are_read(tmp_path):
    text = "x, y\n" * 100_000
    frame = _read(tmp_path, f'a,b\n"{text}",1\n"{text}", "2"\n')
    assert frame.rows() == [(text, "1"), (text, "2")]


def test_quotes_within_a_cell_are_kept(tmp_path):
    assert _read(tmp_path, 'a,b\n5" pipe,1\n6" pipe,2\n').rows() == [
        ('5" pipe', "1"),
        ('6" pipe', "2"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\n \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"]
)
def test_files_without_text_are_refused(content, tmp_path):
    with pytest.raises(InputError, match="The file .* is empty"):
        _read(tmp_path, content)


def test_a_header_with_nul_bytes_is_refused(tmp_path):
    with pytest.raises(InputError, match="The file .* contains NUL bytes"):
        _read(tmp_path, b"a\0b,c\n1,2\n")


def test_very_many_columns_are_read_up_to_a_limit(tmp_path):
    names = ",".join(f"c{i}" for i in range(20_000))
    assert _read(tmp_path, f"{names}\n{names}\n").shape == (1, 20_000)
    with pytest.raises(InputError, match="num_columns <= 200,000"):
        _read(tmp_path, "c" + ",c" * 500_000 + "\n1\n")


@pytest.mark.parametrize("seed", range(20))
def test_what_polars_writes_is_read_back(seed, tmp_path):
    rng = np.random.default_rng(seed)
    alphabet = list('ab1"\n\r,;|\t# ')
    cells = ["".join(rng.choice(alphabet, rng.integers(1, 6))) for _ in range(60)]
    frame = pl.DataFrame({"n": np.arange(20), "x": cells[:20], "y": cells[20:40]})
    frame = frame.with_columns(pl.col("n").cast(pl.String))
    for separator in ",;\t|":
        path = tmp_path / "table.csv"
        frame.write_csv(path, separator=separator, quote_style="non_numeric")
        assert read(path).equals(frame)


def test_words_are_not_split_at_spaces(tmp_path):
    assert _read(tmp_path, "full name\nAda Lovelace\nAlan Turing\n").width == 1
    assert _read(tmp_path, "name\nroom 12\nroom 13\n").width == 1


def test_a_single_column_is_no_target(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("weight:height:kind\n1:2:u\n2:3:v\n")
    with pytest.raises(InputError) as caught:
        load(path)
    assert list(caught.value.faults) == [
        "`target in columns` must hold, but got target=None. The only "
        "column is 'weight:height:kind'. Add a column to predict, and separate "
        "cells with a comma, semicolon or tab."
    ]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('"a" "b" "y"\n"1" 0.5 2 "u"\n"2" 1.5 3 "v"\n', "column_0"),  # written by R
        ('"a","b","y"\n"x","0.5","2","u"\n"z","1.5","3","v"\n', "column_0"),
        ("a,b,y\n0.5,2,u,\n1.5,3,v,\n", "column_3"),
    ],
)
def test_a_name_may_be_missing_in_the_first_line(content, name, tmp_path):
    frame = _read(tmp_path, content)
    assert name in frame.columns
    rows = [("0.5", "2", "u"), ("1.5", "3", "v")]
    assert frame.select("a", "b", "y").rows() == rows


def test_names_for_columns_without_a_name_are_new(tmp_path):
    frame = _read(tmp_path, "column_1,,y\n1,2,u\n3,4,v\n")
    assert frame.columns == ["column_1", "unnamed_column_1", "y"]
    assert frame.rows() == [("1", "2", "u"), ("3", "4", "v")]


@pytest.mark.parametrize("filler", [b"\0\0\0", b"\x1a", b"\n\x1a"])
def test_filler_at_the_end_is_no_row(filler, tmp_path):
    assert _read(tmp_path, b"a,b\n1,2\n3,4\n" + filler).rows() == TABLE


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"PK\x03\x04\x14", "is an Excel workbook or a ZIP archive.*Export the table"),
        (b"\x1f\x8b\x08\x00", "is compressed.*Unpack it first"),
        (b"PAR1\x15\x04", r"is a Parquet file.*Rename it to table\.parquet"),
        (b"\n<!DOCTYPE html>\n<p>1,2", "is a web page or XML.*Download the table"),
        (b'[\n {"a": 1, "b": 2}]', r"is JSON.*name the file table\.jsonl"),
    ],
)
def test_other_formats_are_named(start, message, tmp_path):
    with pytest.raises(InputError, match=message):
        _read(tmp_path, start)


def _rows_for_training(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_text(content)
    data = load(path, target="y")
    return data.num_examples, " ".join(data.notes)


_BODY = "1,2,u\n2,3,v\n4,1,u\n2,2,v\n"


@pytest.mark.parametrize("names", ["a,b,y", "A, B ,Y"])
def test_repeated_names_are_no_example(names, tmp_path):
    content = f"a,b,y\n{_BODY}{names}\n{_BODY}"
    num_rows, notes = _rows_for_training(tmp_path, content)
    assert num_rows == 8
    assert "1 row that repeats the column names was left out." in notes
    assert "looks like data" not in notes


def test_words_that_equal_the_first_line_are_examples(tmp_path):
    words = "kind,y\nred,u\nkind,y\nblue,u\nkind,y\n" * 2
    assert _rows_for_training(tmp_path, words)[0] == 9


@pytest.mark.parametrize(
    ("row", "are_units"),
    [
        ("cm,kg,", True),
        ("[cm],[kg],-", True),
        ("(m/s),(m2),class", True),
        ("cm,kg,u", False),  # "u" is a class of other rows
        ("<5,<7,w", False),  # limits of measurements
        ("NA,NA,w", False),
        ("cm,3,w", False),
    ],
)
def test_a_row_of_units_is_no_example(row, are_units, tmp_path):
    content = f"a,b,y\n{row}\n{_BODY}{_BODY}"
    num_rows, notes = _rows_for_training(tmp_path, content)
    assert num_rows == 8 + (not are_units)
    assert ("seems to contain units" in notes) == are_units


def test_nameless_columns_may_be_empty(tmp_path):
    body = _BODY.replace("\n", ",,\n")
    assert _rows_for_training(tmp_path, f"a,b,y,,\n{body}")[0] == 4
    with pytest.raises(InputError, match="no values: 'c'"):
        _rows_for_training(tmp_path, f"a,b,y,c,\n{body}")


LINES = ["x,word,y", *(f"{row}.5,w{row % 3},{'ab'[row % 2]}" for row in range(12))]


@pytest.mark.parametrize(("opening", "closing"), [('"w', '"w'), ('"w', 'w"')])
def test_rows_between_two_stray_quotes_are_not_lost(tmp_path, opening, closing):
    lines = [*LINES]
    lines[3] = lines[3].replace("w", opening)
    lines[7] = lines[7].replace("w", closing)
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value) == (
        f"A quoted cell in {str(path)!r} extends from line 4 to line 8, but the lines "
        "between them look like rows. Remove or double the stray quotes on these two "
        "lines."
    )


def test_a_quote_that_is_never_closed_is_named(tmp_path):
    lines = [*LINES]
    lines[3] = lines[3].replace("w", '"w')
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines).replace(".5", "h"))  # words only
    with pytest.raises(InputError, match="quoted cell begins on line 4; check its"):
        read(path)


def test_addresses_of_several_lines_are_cells(tmp_path):
    path = tmp_path / "table.csv"
    address = '"Ms, Dr, Who\nStreet 3, Floor 2, Left\nRome, 00100, Italy"'
    path.write_text("\n".join([LINES[0], f"1.5,{address},0", f"2.5,{address},1"]))
    assert read(path)["word"].to_list() == [address.strip('"')] * 2
