"""Bad input raises a single message that states the problem and the fix."""

import struct

import numpy as np
import pandas as pd
import polars as pl
import psutil
import pytest

from assay._errors import InputError
from assay.data import load
from assay.data.table import _memory


def _faults(source, **options):
    with pytest.raises(InputError) as caught:
        load(source, **options)
    return list(caught.value.faults)


def test_unknown_names():
    assert _faults("digit") == [
        "No file or built-in data set is named 'digit'. The built-in data sets are "
        "breast_cancer, diabetes, digits, iris, wine, mnist1d, mnist_5000. "
        "Did you mean 'digits'?"
    ]
    assert "Did you mean" not in _faults("zebra")[0]
    assert _faults(42) == [
        "A source must be a path, a built-in name, a frame or (X, y), but got "
        "int. Pass (X, y), a frame with target='y', or the path of a table. An object "
        "with examples must support len(source) and source[i]."
    ]


def test_unknown_arguments_are_named():
    with pytest.raises(InputError) as caught:
        load("iris", traget="species", image_sise=(3, 3), kind="number")
    assert caught.value.faults == (
        "`load` has no argument 'traget'. Did you mean 'target'?",
        "`load` has no argument 'image_sise'. Did you mean 'image_size'?",
        "`load` has no argument 'kind'. Did you mean 'kinds'?",
    )


def test_paths_that_cannot_be_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cells.csv").write_text("a,y\n1,u\n")
    (tmp_path / "notes.xlsx").write_text("?")
    (tmp_path / "photos").mkdir()
    assert _faults("cell.csv") == [
        "`source.exists()` must hold, but got source='cell.csv'. No file has this "
        "name. Did you mean 'cells.csv'?"
    ]
    assert _faults(tmp_path / "none" / "a.parquet")[0].endswith(
        "No file has this name."
    )
    assert _faults("photos") == [
        "No images found in 'photos'. Put the images of each class in a subfolder of "
        "its own, or pass a single image file. Supported formats: .png, .jpg, .jpeg, "
        ".jpe, .jfif, .bmp, .gif, .webp, .tif, .tiff, .ppm, .pgm, .pbm, .pnm."
    ]
    assert _faults("notes.xlsx") == [
        "The format of 'notes.xlsx' is unknown. Export the table as CSV. Supported "
        "formats: .arrow, .csv, .feather, .ipc, .jsonl, .ndjson, .npy, .npz, .parquet, "
        ".pq, .ts, .tsv."
    ]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet", "arrow", "npz"])
def test_empty_and_damaged_files(tmp_path, suffix):
    path = tmp_path / f"table.{suffix}"
    path.write_bytes(b"")
    (message,) = _faults(path, target="y")
    assert f"The file {str(path)!r} is empty." in message or (
        f"{str(path)!r} cannot be read as a .{suffix} file." in message
    )
    path.write_bytes(b"\x00\xff\x01 no such format, \xfe\xfe\n")
    (message,) = _faults(path, target="y")
    assert f"{str(path)!r} " in message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b,y\n1,2,u\n3,4\n5,6,v,7\n8,9,w\n",
            "Every line must have 3 cells, like the header, but line 3 has 2. These "
            "lines differ from the header: 3, 4. Put cells that contain the separator "
            "in double quotes. Complete or remove lines that are too short.",
        ),
        (
            'a,y\n"1",u\n"2",v,w\n' + "3\n" * 9,
            "Every line must have 2 cells, like the header, but line 3 has 3. These "
            "lines differ from the header: 3, 4, 5 and 7 more. Put cells that contain "
            "the separator in double quotes. Complete or remove lines that are too "
            "short.",
        ),
        (
            "1.5,2,0\n1,2,1\n3,4,0\n",
            "The first line must contain the column names, but it contains numbers: "
            "'1.5,2,0'. Add a header row above it, or if the numbers are names, put "
            "a letter before each, as in 'x1.5'.",
        ),
        (
            "a,y\n",
            "`num_examples >= 2` must hold, but got num_examples=0. Add rows.",
        ),
        (
            "a,y\n1,u\n",
            "`num_examples >= 2` must hold, but got num_examples=1. Add rows.",
        ),
    ],
)
def test_csv_files_that_make_no_table(tmp_path, text, message):
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert _faults(path) == [message]


def test_repeated_column_names_are_all_told(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b,a,y,b,b\n1,2,3,u,4,5\n1,2,3,v,4,5\n")
    wanted = [
        "`columns.count('a') == 1` must hold, but got column='a'. 2 columns have this "
        "name. Rename all but one.",
        "`columns.count('b') == 1` must hold, but got column='b'. 3 columns have this "
        "name. Rename all but one.",
    ]
    assert _faults(path, target="y") == wanted
    frame = pd.DataFrame(np.ones((2, 3)), columns=["a", "a", "y"])
    assert _faults(frame, target="y") == wanted[:1]


def test_a_csv_that_is_not_utf8(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("a,y\ncaf\u00e9,u\nth\u00e9,v\n".encode("latin-1"))
    assert _faults(path) == [
        f"The file {str(path)!r} is not UTF-8 text. Save it again as UTF-8."
    ]


def test_a_target_must_be_named():
    columns = {"size": [1.0, 2.0], "color": ["u", "v"]}
    assert _faults(columns) == [
        "`target in columns` must hold, but got target=None. The columns are size, "
        "color. Specify the column to predict, such as target='color'."
    ]
    assert _faults(columns, target="colour") == [
        "`target in columns` must hold, but got target='colour'. The columns are "
        "size, color. Did you mean 'color'?"
    ]
    assert _faults(pl.DataFrame())[0].endswith("The table has no columns.")
    wide = {f"c{i}": [1.0, 2.0] for i in range(50)}
    assert "c28, c29 and 20 more." in _faults(wide)[0]


def test_all_faults_of_the_names_are_told_at_once():
    columns = {"size": [1.0, 2.0], "y": [0.5, 1.5]}
    kinds = {"sise": "number", "size": "numbr", "y": "number"}
    assert _faults(columns, ignore=["y", "siz"], kinds=kinds) == [
        "`target not in ignore` must hold, but got ignore='y'. Remove it.",
        "`set(ignore) <= set(columns)` must hold, but got ignore='siz'. No "
        "column has this name. Did you mean 'size'?",
        "`set(kinds) <= set(columns)` must hold, but got kinds='sise'. No "
        "column has this name. Did you mean 'size'?",
        "`target not in kinds` must hold, but got kinds='y'. Remove it.",
        "`kind in ('number', 'boolean', 'category', 'date', 'image', 'sequence', "
        "'text', 'unusable', 'id', 'constant')` must hold, but got "
        "kinds['size']='numbr'. Use one of these kinds. Did you mean 'number'?",
    ]


def test_all_faults_of_the_values_are_told_at_once():
    columns = {
        "a": [1.0, float("inf"), float("-inf"), 2.0],
        "b": [float("inf"), 1.0, 2.0, 3.0],
        "y": [0.5, None, 1.5, 2.5],
    }
    assert _faults(columns) == [
        "`num_missing['y'] == 0` must hold, but got num_missing=1. "
        "Targets are missing in row 1, counted from 0. Fill them in, or drop these "
        "rows.",
        "`isfinite(a)` must hold, but got a=inf. This affects 2 rows; the "
        "first is row 1. Correct these cells, or leave them empty.",
        "`isfinite(b)` must hold, but got b=inf. This affects row 0. "
        "Correct these cells, or leave them empty.",
    ]
    ignored = columns | {"y": [0.5, 1.0, 1.5, 2.5], "c": [1.0, 2.0, 4.0, 3.0]}
    assert load(ignored, ignore=["a", "b"]).num_features == 1


def test_a_table_without_usable_columns():
    columns = {"a": [None] * 4, "b": [1, 1, 1, 1], "y": ["u", "v"] * 2}
    assert _faults(columns) == [
        "`num_features >= 1` must hold, but got num_features=0. No column can be used "
        "(a: constant, no value in any row; b: constant, the same value in every row). "
        "Add columns of numbers, dates, categories or text."
    ]
    assert "the target is the only column" in _faults({"y": ["u", "v"]})[0]


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        (
            (np.ones((4, 2)), np.ones(3)),
            [
                "`len(X) == len(y)` must hold, but got lengths=(4, 3). Pass one "
                "target per row."
            ],
        ),
        (
            (np.ones((4, 2, 2, 1, 1)), np.eye(4)),
            [
                "`X.ndim == 2 and X.shape[1] >= 1` must hold, but got "
                "X.shape=(4, 2, 2, 1, 1). Write X.reshape(len(X), -1).",
                "`y.ndim == 1` must hold, but got y.shape=(4, 4). "
                "Pass one number or class per row, such as y.argmax(axis=1).",
            ],
        ),
        (
            (np.ones((2, 0)), [0, 1]),
            [
                "`X.ndim == 2 and X.shape[1] >= 1` must hold, but got "
                "X.shape=(2, 0). Pass at least one number per row."
            ],
        ),
        (
            (np.array([["a", "b"], ["c", "d"]]), [0, 1]),
            [
                "`X.dtype.kind in 'biuf'` must hold, but got X.dtype='<U1'. Pass words "
                "and columns of mixed types as a polars or pandas frame."
            ],
        ),
        (
            ([[1, 2], ["a"], [3]], [0, 1, 0]),
            [
                "`X.dtype.kind in 'biuf'` must hold, but got X.dtype='object'. Pass "
                "words and columns of mixed types as a polars or pandas frame."
            ],
        ),
        (
            (pl.DataFrame({"y": [1.0, 2.0]}), pl.Series("y", [0, 1])),
            [
                "`target not in X.columns` must hold, but got "
                "target='y'. Rename or drop that column."
            ],
        ),
        (
            {"a": [1, 2, 3], "y": [1, 2]},
            [
                "`len(set(lengths.values())) == 1` must hold, but got "
                "lengths={'a': 3, 'y': 2}. Pass one value per row for every column."
            ],
        ),
    ],
)
def test_arrays_that_make_no_table(given, messages):
    assert _faults(given) == messages


def test_archives_that_make_no_table(tmp_path):
    path = tmp_path / "table.npz"
    np.savez(path, a=np.ones(3), b=np.ones(4))
    assert _faults(path) == [
        "`{'X', 'y'} <= set(arrays)` must hold, but got arrays=['a', 'b']. Write "
        "np.savez('data.npz', X=inputs, y=targets)."
    ]
    np.savez(path, X=np.ones((3, 2)), y=np.array(["a", 1, None], dtype=object))
    assert _faults(path) == [
        "The arrays ['y'] contain Python objects, which are never unpickled. Save "
        "numbers or fixed-width text."
    ]
    np.savez(path, X=np.ones((3, 2)), y=[0.5, 1.0, 2.0], feature_names=["a", "a"])
    assert _faults(path) == [
        "`len(set(feature_names)) == 2` must hold, but got "
        "feature_names=['a', 'a']. Pass one name per column."
    ]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "arrow", "npz"])
def test_inputs_are_sized_before_they_are_read(tmp_path, suffix, monkeypatch):
    frame = pl.DataFrame({"a": np.arange(5000) ** 1.5, "y": ["u", "v"] * 2500})
    path = tmp_path / f"table.{suffix}"
    if suffix == "npz":
        np.savez(path, X=frame["a"].to_numpy()[:, None], y=frame["y"].to_numpy() == "u")
    else:
        writers = {
            "csv": frame.write_csv,
            "jsonl": frame.write_ndjson,
            "parquet": frame.write_parquet,
            "arrow": frame.write_ipc,
        }
        writers[suffix](path)
    options = {} if suffix == "npz" else {"target": "y"}
    assert load(path, **options).num_examples == 5000
    monkeypatch.setattr(_memory, "available_bytes", lambda: 80_000)
    (message,) = _faults(path, **options)
    assert message.startswith(
        "`needed_gigabytes <= 0.00` must hold, but got needed_gig"
    )
    assert "must not use more than 50% of the free memory. Use fewer rows" in message
    monkeypatch.setattr(_memory, "available_bytes", lambda: None)
    assert load(path, **options).num_examples == 5000


def test_columns_without_any_value_are_told_all_at_once():
    rows = range(6)
    frame = pl.DataFrame(
        {
            "a": rows,
            "b": pl.Series([None] * 6, dtype=pl.Float64),
            "c d": ["", " ", "NA", "?", "", "nan"],
            "half": [None, None, None, 1.0, 2.0, 1.0],
            "y": [f"class {row % 2}" for row in rows],
        }
    )
    assert _faults(frame) == [
        "These features have no values: 'b', 'c d'. "
        'Write ignore = ["b", "c d"], or fill in their cells.'
    ]
    assert _faults(frame, kinds={"b": "number"}, ignore=["c d"]) == [
        "These features have no values: 'b'. "
        'Write ignore = ["b"], or fill in their cells.'
    ]
    dataset = load(frame, ignore=["b", "c d"])
    assert [column.name for column in dataset.columns if column.used] == ["a", "half"]


def test_a_giant_archive_is_refused_by_its_header_alone(tmp_path):
    import zipfile

    path = tmp_path / "bomb.npz"
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (10**9, 10**4), }"
    header = header.replace("10**9", str(10**9)).replace("10**4", str(10**4))
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("X.npy", "y.npy"):
            archive.writestr(name, start + header.encode() + b"\n")
    (message,) = _faults(path)
    assert "needed_gigabytes=320000.0" in message


def test_free_memory_is_what_the_system_reports(monkeypatch):
    class Reported:
        available, total = 123_456_789, 10**12

    monkeypatch.setattr(psutil, "virtual_memory", Reported)
    assert _memory.available_bytes() == 123_456_789


def test_free_memory_may_be_unknown(monkeypatch):
    def denied():
        raise PermissionError("/proc/meminfo")

    monkeypatch.setattr(psutil, "virtual_memory", denied)
    assert _memory.available_bytes() is None
    assert _memory.why_too_large(1e30) == ""


def test_the_fix_depends_on_the_suffix(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, fix in (
        ("a.csv.gz", "Unpack it first."),
        ("a.txt", "If it is a delimited text file, rename it to a.csv."),
        ("table", "If it is a delimited text file, rename it to table.csv."),
        ("a.pkl", "Write frame.to_parquet('a.parquet') in pandas."),
        ("a.mat", "Write np.savez('a.npz', X=inputs, y=targets) in Python."),
    ):
        (tmp_path / name).write_text("p,y\n1,u\n2,v\n")
        assert f"is unknown. {fix} Supported" in _faults(tmp_path / name)[0]
    (tmp_path / "a.txt").rename("a.csv")
    assert load("a.csv", target="y").num_examples == 2
    assert _faults("a.cvs")[0].endswith("Did you mean 'a.csv'?")


def test_links_and_other_names_that_are_no_files(tmp_path):
    link = tmp_path / "cells.csv"
    link.symlink_to("nowhere.csv")
    assert _faults(link)[0].endswith("file that does not exist. Repair the link.")
    for source in ("", "-"):
        assert _faults(source)[0].startswith(f"The source is {source!r}, which is not")
    assert "is a pipe, device or socket" in _faults("/dev/null")[0]


def test_a_name_that_begins_with_a_tilde(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "~cells.csv").write_text("p,y\n1,u\n2,v\n")
    assert load("./~cells.csv", target="y").num_examples == 2


def test_a_few_of_many_unusable_columns_are_named():
    columns = {f"c{i}": [1, 1, 1] for i in range(500)}
    (message,) = _faults(columns | {"y": ["u", "v", "u"]}, target="y")
    assert "every row; and 470 more columns). Add columns" in message
    assert len(message) < 2_000


def test_several_names_in_one(tmp_path):
    columns = {"a": [1, 2, 3], "b": [1, 3, 2], "y": ["u", "v", "u"]}
    assert (
        "List the columns separately: ignore=['a', 'b']"
        in _faults(columns, target="y", ignore=["a,b"])[0]
    )
    message = _faults(columns, target="y", ignore=["a", "b"])[0]
    assert "No column can be used (a: ignored; b: ignored). Add columns of" in message
