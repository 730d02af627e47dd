"""Text tables in other encodings and notations are read as the intended table."""

import pytest

from assay._errors import InputError
from assay.data import load, read

TABLE = [("1", "ä"), ("3", "é")]
CSV = "a,b\n1,ä\n3,é\n"


def _read(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode(encoding))
    return read(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_of_unicode(encoding, tmp_path):
    frame = _read(tmp_path, CSV, encoding)
    assert (frame.columns, frame.rows()) == (["a", "b"], TABLE)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman", "cp1250"])
def test_other_encodings_are_refused(encoding, tmp_path):
    with pytest.raises(InputError, match="is not UTF-8 text. Save it again as UTF-8"):
        _read(tmp_path, CSV, encoding)


def test_byte_order_marks_of_joined_files(tmp_path):
    frame = _read(tmp_path, f"\ufeff\ufeff{CSV}\ufeff5,ö\n")
    assert frame.columns == ["a", "b"]
    assert frame.rows() == [*TABLE, ("5", "ö")]


@pytest.mark.parametrize(
    "content",
    [
        '"a,b"\n"1,2"\n"3,4"\n',
        'a,b\r\n"1,2"\r\n"3,4"\r\n',
        '"a;""b"""\n"1;""2"""\n"3;""4"""\n',
        "'a','b'\n'1','2'\n'3','4'\n",
        "a;b\n1;'2'\n3;'4'\n",
        "a\tb\n'1'\t2\n'3'\t4\n",
        "a,b\n“1”,“2”\n“3”,“4”\n",
        "a,b\n„1“,2\n„3“,4\n",
        "«a»;«b»\n«1»;«2»\n«3»;«4»\n",
        "+---+---+\n| a | b |\n+---+---+\n| 1 | 2 |\n| 3 | 4 |\n+---+---+\n",
        "| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | 4 |\n",
        " a | b \n---+---\n 1 | 2\n 3 | 4\n(2 rows)\n\n",
        "│ a │ b │\n├───┼───┤\n│ 1 │ 2 │\n│ 3 │ 4 │\n└───┴───┘\n2 rows in set\n",
    ],
)
def test_other_quotes_and_frames_are_read_as_the_same_table(content, tmp_path):
    frame = _read(tmp_path, content)
    assert frame.columns == ["a", "b"]
    cells = [tuple(cell.strip() for cell in row) for row in frame.rows()]
    assert cells == [("1", "2"), ("3", "4")]


def test_quoted_cells_may_contain_separators_and_quotes(tmp_path):
    content = "'name','y'\n'Müller, Anna','it''s'\n'O\\'Neil','b'\n"
    assert _read(tmp_path, content).rows() == [
        ("Müller, Anna", "it's"),
        ("O'Neil", "b"),
    ]


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        # the apostrophe belongs to the word, or quotes a single one
        ("a,b\n'tis,1\nit's,2\n", ["'tis", "it's"]),
        ("a,b\n'odd',1\nplain,2\n", ["'odd'", "plain"]),
        ("a,b\n5' 3,1\n6' 1,2\n", ["5' 3", "6' 1"]),
        ('a,b\n"C:\\",1\n"D:\\",2\n', ["C:\\", "D:\\"]),
        ('a,b\n5\\" pipe,1\n6\\" pipe,2\n', ['5\\" pipe', '6\\" pipe']),
    ],
)
def test_other_apostrophes_and_backslashes_stay(content, cells, tmp_path):
    assert _read(tmp_path, content)["a"].to_list() == cells


def test_quotes_after_a_backslash(tmp_path):
    content = 'n,text,y\n1,"she said \\"no\\", twice",u\n2,"a \\\\ b",v\n'
    assert _read(tmp_path, content).rows() == [
        ("1", 'she said "no", twice', "u"),
        ("2", "a \\ b", "v"),
    ]


def test_a_column_of_quoted_text_is_not_split(tmp_path):
    assert _read(tmp_path, 'text\n"hello, world"\n"foo, bar"\n').width == 1


def test_columns_do_not_move_if_a_separator_is_not_quoted(tmp_path):
    """A first column with repeated values does not contain row names."""
    lines = "".join(f"{row % 3},{row},New York\n".replace(" ", ",") for row in range(9))
    with pytest.raises(InputError, match="line 2 has 4"):
        _read(tmp_path, f"a,b,y\n{lines}")
    lines = "".join(f"{row + 0.5} {row} New York\n" for row in range(9))
    with pytest.raises(InputError, match="line 2 has 4"):
        _read(tmp_path, f"a b y\n{lines}")


def test_titles_may_have_more_cells_than_the_table(tmp_path):
    frame = _read(tmp_path, "Serial;12;;\nChannel;A;B;C\na;b;y\n1;2;u\n3;4;v\n")
    assert frame.columns == ["a", "b", "y"]
    assert frame.height == 2


def test_formulas_that_keep_text(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('="code";n;y\n' + '="007";="1.5";="u"\n="012";="2.5";="v"\n' * 3)
    data = load(path, target="y")
    assert [column.name for column in data.columns] == ["code", "n"]
    assert data.frame["code"].to_list()[:2] == ["007", "012"]
    assert data.frame["n"].to_list()[:2] == [1.5, 2.5]
    assert data.task.classes == ("u", "v")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1 1:0.5 3:2\n0 2:1e-3\n", "in LIBSVM format.*load_svmlight_file"),
        ("% note\n@RELATION cells\n@ATTRIBUTE a numeric\n", "is an ARFF file"),
    ],
)
def test_other_formats_of_text_are_named(content, message, tmp_path):
    with pytest.raises(InputError, match=message):
        _read(tmp_path, content)
