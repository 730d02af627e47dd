"""Rows in the forms of Python and NumPy are read as tables, or explained."""

import re
import sqlite3
from collections import namedtuple
from dataclasses import dataclass, make_dataclass
from types import SimpleNamespace
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay import InputError
from assay.data import Preparation, load, split

WIDTHS = np.arange(40.0) ** 2
LABELS = ["a", "b"] * 20
ROWS = list(zip(WIDTHS.tolist(), LABELS, strict=True))
STRUCTURED = np.array(ROWS, dtype=[("w", "f8"), ("y", "U1")])


@dataclass
class Flower:
    w: float
    y: str


FORMS = {
    "structured": STRUCTURED,
    "record array": STRUCTURED.view(np.recarray),
    "bytes": STRUCTURED.astype([("w", "f4"), ("y", "S1")]),
    "dataclasses": [Flower(*row) for row in ROWS],
    "untyped dataclasses": [make_dataclass("F", ["w", "y"])(*row) for row in ROWS],
    "named tuples": [namedtuple("F", "w y")(*row) for row in ROWS],
}


@pytest.mark.parametrize("form", FORMS)
def test_records_are_rows(form):
    dataset = load(FORMS[form], target="y")
    expected = load({"w": WIDTHS, "y": LABELS}, target="y")
    assert dataset.task.classes == ("a", "b")
    np.testing.assert_array_equal(dataset.frame["w"], expected.frame["w"])
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    np.testing.assert_array_equal(
        preparation.transform(FORMS[form][:3]), preparation.transform(expected)[:3]
    )


def test_structured_arrays_in_files_and_pairs(tmp_path):
    np.save(tmp_path / "a.npy", STRUCTURED)
    for dataset in (
        load(tmp_path / "a.npy", target="y"),
        load((STRUCTURED[["w"]], LABELS)),
    ):
        np.testing.assert_array_equal(dataset.frame["w"], WIDTHS)
        assert [column.name for column in dataset.columns] == ["w"]


def test_arrays_of_columns_are_a_table(tmp_path):
    np.savez(tmp_path / "a.npz", w=WIDTHS, v=WIDTHS + 0.5, label=np.array(LABELS))
    dataset = load(tmp_path / "a.npz")
    assert [column.name for column in dataset.columns] == ["w", "v"]
    assert dataset.task.classes == ("a", "b")
    np.savez(tmp_path / "a.npz", w=WIDTHS, v=WIDTHS[:3])
    with pytest.raises(InputError, match="np.savez\\('data.npz', X=inputs, y=targets"):
        load(tmp_path / "a.npz")


def _database_rows():
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    return connection.execute("select 1 as w, 'a' as y").fetchall()


@pytest.mark.parametrize(
    ("rows", "fix"),
    [
        (_database_rows, "Pass [dict(row) for row in rows]."),
        (
            lambda: [SimpleNamespace(w=1, y="a")],
            "with the attributes 'w', 'y'. Pass [vars(row) for row in rows].",
        ),
    ],
)
def test_other_records_are_refused_with_a_fix_that_works(rows, fix):
    rows = rows()
    with pytest.raises(InputError) as caught:
        load(rows, target="y")
    assert str(caught.value).endswith(fix)
    written = eval(fix.partition("Pass ")[2][:-1])
    assert [row["w"] for row in written] == [1]


def test_one_hot_frames_are_no_test_set():
    hot = pd.get_dummies(pd.Series(LABELS))
    for targets in (hot, pl.from_pandas(hot)):
        with pytest.raises(InputError, match=r"such as np.asarray\(y\).argmax\(axis=1"):
            load((pd.DataFrame({"w": WIDTHS}), targets))
    frame = pd.DataFrame({"w": WIDTHS, "y": LABELS})
    with pytest.raises(InputError, match="several data sets"):
        load((frame, frame[["w", "y"]].head(9)))


@pytest.mark.parametrize(
    ("value", "name"), [(lambda n: n + 1j, "complex"), (lambda n: {n}, "set")]
)
def test_the_type_of_objects_is_named(value, name):
    frame = pd.DataFrame({"w": WIDTHS, "c": [value(n) for n in range(40)], "y": LABELS})
    column = load(frame, target="y").columns[1]
    assert (column.kind, column.reason) == ("unusable", f"its cells have type {name}")


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        (
            lambda n: {"a": n**2, "b": 1 - n},
            lambda frame: frame.unnest("c"),
        ),
        (
            lambda n: ["x", f"y z{n}"],
            lambda frame: frame.with_columns(pl.col("c").list.join(" ")),
        ),
    ],
)
def test_nested_cells_are_explained(value, fix):
    cells = [value(n) for n in range(40)]
    frame = pl.DataFrame({"w": WIDTHS, "c": cells, "y": LABELS})
    column = load(frame, target="y").columns[1]
    assert column.kind == "unusable"
    assert re.search(
        r"(records of 'a', 'b'|lists of text); write frame\.", column.reason
    )
    assert all(c.kind != "unusable" for c in load(fix(frame), target="y").columns)


def test_an_archive_without_targets_is_explained(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.zeros((4, 3, 2)))
    with pytest.raises(InputError, match="The only array is 'X'. Add an array y with"):
        load(tmp_path / "a.npz")


def test_unique_identifiers_are_ids():
    ids = [UUID(int=number) for number in range(40)]
    columns = load({"w": WIDTHS, "c": ids, "y": LABELS}, target="y").columns
    assert columns[1].kind == "id"


@pytest.mark.parametrize(
    "dates",
    [
        pd.date_range("2020-01-05", periods=40),
        [f"{1 + n % 28:02d}.{1 + n // 28:02d}.2020" for n in range(4, 44)],
    ],
)
def test_targets_of_dates_are_explained(dates):
    with pytest.raises(InputError, match="such as the days since 2020-01-05"):
        load(pd.DataFrame({"w": WIDTHS, "y": dates}), target="y")
    few = ["2020-01-05", "2021-01-05"] * 20
    assert load({"w": WIDTHS, "y": few}, target="y").task.kind == "binary"


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        (
            "a.svm",
            "load_svmlight_file('a.svm') and np.savez('a.npz', X=",
        ),
        ("a.wav", "Write np.savez('a.npz', X=signals, y=labels) in Python"),
        ("a.dcm", "Save each image as a PNG file in a folder named after its class."),
        ("a.geojson", "Write frame.drop(columns='geometry').to_csv('a.csv')"),
        ("a.tfrecord", "Write np.savez('a.npz', X=inputs, y=targets) in Python."),
        ("a.sql", "Export the table as CSV."),
        ("a.log", "If it is a delimited text file, rename it to a.csv."),
    ],
)
def test_other_formats_have_a_fix(tmp_path, name, fix):
    (tmp_path / name).write_text("1 2 3")
    with pytest.raises(InputError) as caught:
        load(tmp_path / name)
    assert fix in str(caught.value)
