"""Numbers such as 48,155 are read as in training, and doubts about them are noted."""

import numpy as np
import pytest

from assay.data import Preparation, load
from assay.data.sources._registry import read_table

SIZES = ["48.155", "12.310", "23.875", "7.125"] * 3
LONG = {"series_column": "who", "time_column": "when"}


def _write(path, rows, separator, mark):
    lines = [separator.join(cell.replace(".", mark) for cell in row) for row in rows]
    path.write_text("\n".join(lines))
    return path


def _table(folder, separator, mark):
    rows = [(size, "ab"[row % 2]) for row, size in enumerate(SIZES)]
    path = folder / "table.csv"
    return load(_write(path, [("size", "y"), *rows], separator, mark), target="y")


def _preparation(dataset):
    return Preparation.fit(dataset, np.arange(dataset.num_examples))


def _new(folder, cell, separator):
    return _write(folder / "new.csv", [("size", "z"), (cell, "1")], separator, ".")


@pytest.mark.parametrize("separator", [";", "|"])
def test_new_rows_are_read_as_in_a_file_with_semicolons(separator, tmp_path):
    preparation = _preparation(_table(tmp_path, ";", ","))
    new = _new(tmp_path, "48,155", separator)
    wanted = preparation.transform({"size": [48.155]})
    np.testing.assert_array_equal(preparation.transform(new), wanted)
    assert not any("warning" in note for note in preparation.notes_on_reading(new))


@pytest.mark.parametrize(
    ("trained", "cell", "separator", "note"),
    [
        (
            (",", "."),
            *("48,155", ";"),
            "warning: '48,155' in 'size' is read as 48155, because '.' is the decimal "
            "separator in the training data. If it is ',' here, write '48.155'.",
        ),
        (
            (";", ","),
            *("48.155", ","),
            "warning: '48.155' in 'size' is read as 48155, because ',' is the decimal "
            "separator in the training data. If it is '.' here, write '48,155'.",
        ),
    ],
)
def test_other_separators_than_in_training_are_noted(
    trained, cell, separator, note, tmp_path
):
    preparation = _preparation(_table(tmp_path, *trained))
    new = _new(tmp_path, cell, separator)
    assert preparation.notes_on_reading(new)[-1] == note
    assert note in preparation.notes_on_reading(read_table(new))


@pytest.mark.parametrize(
    ("trained", "cell", "separator"),
    [
        ((",", "."), "48.155", ";"),
        ((",", "."), '"48,155"', ","),
        ((";", ","), "48.155", ";"),
        ((";", ","), "1.234,5", ";"),
    ],
)
def test_usual_separators_are_not_noted(trained, cell, separator, tmp_path):
    preparation = _preparation(_table(tmp_path, *trained))
    notes = preparation.notes_on_reading(_new(tmp_path, cell, separator))
    assert not any("warning" in note for note in notes)


def test_channels_of_files_with_semicolons(tmp_path):
    def rows(num_series):
        yield "who", "when", "size", "y"
        for row, size in enumerate(SIZES[: 4 * num_series]):
            yield str(row // 4), str(row % 4), size, "ab"[row // 4 % 2]

    paths = [tmp_path / "comma.csv", tmp_path / "point.csv"]
    comma = load(_write(paths[0], rows(3), ";", ","), target="y", **LONG)
    point = load(_write(paths[1], rows(3), ",", "."), target="y", **LONG)
    assert comma.frame["series"].to_list() == point.frame["series"].to_list()
    assert "Commas are decimal separators in size." in comma.notes
    new = _write(tmp_path / "new.csv", rows(1), ";", ",")
    preparations = [_preparation(dataset) for dataset in (comma, point)]
    notes = [" ".join(p.notes_on_reading(new)) for p in preparations]
    assert "warning" not in notes[0]
    assert "'48,155' in 'size' is read as 48155" in notes[1]
