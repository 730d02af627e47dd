"""Damaged, malicious and oversized files quickly raise a single message."""

import gzip
import io
import json
import os
import struct
import sys
import zipfile

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assay._errors import InputError
from assay.data import load, read
from assay.data.sources.formats import _ts
from assay.data.sources.formats._damaged import report_damage

TARGETS = np.arange(2.0)


def _npy(shape, num_bytes=0, descr="<f8"):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n"
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
    return start + header.encode() + b"\0" * num_bytes


def _archive(folder, inputs):
    with zipfile.ZipFile(folder / "a.npz", "w") as archive:
        archive.writestr("X.npy", inputs)
        archive.writestr("y.npy", _npy("(2,)", 16))
    return folder / "a.npz"


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (_npy(f"(0, {10**12})"), "num_columns <= 200,000.*num_columns=1000000000000"),
        (_npy("(2, -3)"), r"min\(X.shape\) >= 0.*X.shape=\(2, -3\)"),
        (_npy("(-2, -3)", 48), r"min\(X.shape\) >= 0"),
        (_npy("(2, 3)", 8), "be read as a .npz file.*expected 48 bytes got 8"),
        (_npy("(2, 3)")[:20], "be read as a .npz file"),
        (b"", "be read as a .npz file"),
        (b"\x93NUMPY\x01\x00\x05\x00{abc}", "be read as a .npz file"),
        (b"\x93NUMPY\x01\x00\x05\x00{a: (", "be read as a .npz file"),
        (_npy("'ab'"), "be read as a .npz file"),
    ],
)
def test_archives_with_odd_members_are_refused(inputs, message, tmp_path):
    with pytest.raises(InputError, match=message):
        read(_archive(tmp_path, inputs))
    if message.startswith("be read as"):
        message = "be read as a .npy file|is empty"
    (tmp_path / "X.npy").write_bytes(inputs)
    with pytest.raises(InputError, match=message):
        read(tmp_path / "X.npy")


@pytest.mark.parametrize(
    ("local", "central", "value", "message"),
    [(8, 10, 99, "compression"), (6, 8, 1, "encrypted"), (14, 16, 7, "CRC")],
)
def test_members_that_cannot_be_unpacked(local, central, value, message, tmp_path):
    path = _archive(tmp_path, _npy("(2, 2)", 32))
    content = bytearray(path.read_bytes())
    content[local] = content[content.find(b"PK\x01\x02") + central] = value
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"be read as a .npz file.*{message}"):
        read(path)


@pytest.mark.parametrize(
    "cells",
    [
        pl.Series("day", [0, 2**31 - 1], dtype=pl.Int32).cast(pl.Date),
        pl.Series("day", [0, -(2**31)], dtype=pl.Int32).cast(pl.Date),
        pl.Series("day", [0, 2**63 - 1]).cast(pl.Datetime("us")),
        pl.Series("day", [0, 2**62]).cast(pl.Datetime("ms", "Europe/Berlin")),
    ],
)
def test_dates_that_nobody_can_print_are_refused(cells, tmp_path):
    frame = pl.DataFrame([cells, pl.Series("y", ["a", "b"])])
    frame.write_parquet(tmp_path / "a.parquet")
    for source in (frame, tmp_path / "a.parquet"):
        with pytest.raises(InputError, match=r"not all do in: \['day'\]"):
            load(source, target="y")


def test_an_archive_named_as_an_array_is_recognized(tmp_path):
    path = _archive(tmp_path, _npy("(2, 2)", 32)).rename(tmp_path / "a.npy")
    with pytest.raises(InputError, match="is an archive of arrays. Rename it to a.npz"):
        read(path)


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        ([b"a", b"b"], ["a", "b"]),
        ([1.5, 2.0], ["1.5", "2.0"]),
        ([["a", "b"]], ["a", "b"]),
        (["", ""], None),
        ("a", None),
        ([["a", "b"], ["c", "d"]], None),
    ],
)
def test_odd_feature_names(names, columns, tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, X=np.ones((2, 2)), y=TARGETS, feature_names=np.array(names))
    if columns:
        assert read(path).columns == [*columns, "target"]
        return
    with pytest.raises(InputError, match=r"len\(set\(feature_names\)\) == 2"):
        read(path)


@pytest.mark.parametrize("format_", ["parquet", "ipc"])
@pytest.mark.parametrize("seed", range(15))
def test_files_with_changed_bytes_are_read_or_refused(format_, seed, tmp_path):
    buffer = io.BytesIO()
    frame = pl.DataFrame({"a": range(500), "b": ["x", "y"] * 250, "y": [0, 1] * 250})
    getattr(frame, f"write_{format_}")(buffer)
    content, rng = bytearray(buffer.getvalue()), np.random.default_rng(seed)
    for _ in range(4):
        content[rng.integers(len(content))] = rng.integers(256)
    path = tmp_path / ("a.parquet" if format_ == "parquet" else "a.arrow")
    path.write_bytes(content)
    for stream in (False, "auto"):
        try:
            load(path, target="y", stream=stream)
        except InputError as error:
            assert "Traceback" not in str(error)


def test_a_panic_of_polars_is_an_error_of_the_input(tmp_path):
    with pytest.raises(InputError, match="be read as a .parquet file.*left: 0"):
        with report_damage(tmp_path / "a.parquet"):
            raise pl.exceptions.PanicException("left: 0\nright: 1")
    with pytest.raises(KeyboardInterrupt):
        with report_damage(tmp_path / "a.parquet"):
            raise KeyboardInterrupt


@pytest.mark.parametrize(
    "cells",
    [
        [[[[1.0], [2.0]]], [[[1.0]]]],
        [[[1.0], [2.0, 3.0]], [[1.0]]],
        [[[[[1.0]]]], [[[[2.0]]]]],
        [[[1.0, 2.0], None], [[1.0, 2.0]]],
        [["a"], ["b", "c"]],
        [[{"a": 1}], [{"a": 2}]],
    ],
)
def test_lists_that_are_neither_images_nor_series_are_refused(cells, tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"x": cells * 4, "y": [0, 1] * 4}).write_parquet(path)
    with pytest.raises(
        InputError, match="'x' must be an array .steps, channels|x: unusable"
    ):
        load(path, target="y")


@pytest.mark.parametrize("suffix", [".npz", ".parquet", ".arrow"])
def test_incomplete_files_are_named(suffix, tmp_path):
    path = tmp_path / f"a{suffix}"
    if suffix == ".npz":
        np.savez(path, X=np.eye(9), y=np.arange(9))
    else:
        frame = pl.DataFrame({"a": [1.5, 2.5], "y": ["u", "v"]})
        frame.write_parquet(path) if suffix == ".parquet" else frame.write_ipc(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match="It is incomplete or damaged. Download or"):
        read(path)


@pytest.mark.parametrize(
    "suffix", ["csv", "jsonl", "parquet", "npz", "npy", "ts", "png"]
)
def test_files_of_zeros_are_named(suffix, tmp_path):
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"\0" * 500)
    with pytest.raises(InputError, match="contains only NUL bytes. It is incomplete"):
        read(path)


@pytest.mark.parametrize("suffix", ["arrow", "npz", "npy"])
def test_empty_files_are_named(suffix, tmp_path):
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"")
    with pytest.raises(InputError, match="is empty. It is incomplete or damaged"):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".npz", ".ts", ".png", ".npy"])
def test_pipes_and_devices_are_refused(suffix, tmp_path):
    os.mkfifo(tmp_path / f"pipe{suffix}")
    (tmp_path / f"zero{suffix}").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        with pytest.raises(InputError, match=r"source.is_file\(\).*pipe, device or"):
            read(tmp_path / f"{name}{suffix}")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl", ".arrow"])
def test_paths_that_are_not_utf8_are_refused(suffix, tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff" + suffix.encode())
    with open(path, "wb") as file:
        file.write(b"a,y\n1,2\n")
    with pytest.raises(InputError, match="file names are not UTF-8.*udcff"):
        read(path)


def test_json_lines_of_many_keys_are_read_up_to_a_limit(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({f"k{i}": i for i in range(5000)}) + '\n{"k1": 2}\n')
    assert read(path).shape == (2, 5000)
    path.write_text(json.dumps({f"k{i}": i for i in range(200_001)}))
    with pytest.raises(InputError, match="num_columns <= 200,000"):
        read(path)
    # Nearly every line has a different key, in a table of 4 * 10^10 cells.
    path.write_text("".join(f'{{"k{i % 190_000}":1}}\n' for i in range(200_000)))
    with pytest.raises(InputError, match="needed_gigabytes"):
        read(path)


def test_too_many_series_of_a_text_file_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_ts, "_MAX_LINES", 100)
    path = tmp_path / "a.ts"
    path.write_text("@classLabel true a b\n@data\n" + "1,2:a\n" * 99)
    with pytest.raises(
        InputError, match="num_lines <= 100.*Save a data set this large"
    ):
        read(path)


def test_json_that_is_not_lines_is_told_what_to_do(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text('[{"a": 1}, {"a": 2}]')
    with pytest.raises(InputError) as caught:
        read(path)
    code = str(caught.value).partition("Write ")[2].partition(" in pandas.")[0]
    eval(code.replace("'rows", f"'{tmp_path}/rows"), {"pd": pd})
    assert read(tmp_path / "rows.jsonl")["a"].to_list() == [1, 2]


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".npz", ".npy"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            b"a,y\n1,2\n",
            "is text, not a {} file. If it is a table, rename it to",
        ),
        (
            gzip.compress(b"a,y\n", mtime=0),
            "is compressed, not a {} file. Unpack it first.",
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\n",
            "a Git LFS pointer, not",
        ),
        (b"<!DOCTYPE html><html>", "is a web page or XML, not a {} file. Download the"),
    ],
)
def test_files_with_a_wrong_suffix_are_recognized(suffix, content, told, tmp_path):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(path)
    assert told.format(suffix) in str(caught.value)


def test_a_pointer_and_rich_text_are_no_csv(tmp_path):
    path = tmp_path / "a.csv"
    for content, fix in (
        (b"version https://git-lfs.github.com/spec/v1\n", "Run git"),
        (rb"{\rtf1\ansi a,y\par 1,2}", "Export the table"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=f"not a delimited text file. {fix}"):
            read(path)


def test_repeated_columns_of_a_parquet_file_have_a_fix(tmp_path):
    table = pa.table([[1], [2]], names=["a", "a"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="Rename all but one of these columns."):
        read(tmp_path / "a.parquet")


def test_text_may_be_cut_inside_a_character(tmp_path):
    path = tmp_path / "table.parquet"
    path.write_text("a" + "é" * 4000, encoding="utf-8")  # the first bytes end in an é
    with pytest.raises(InputError, match="is text, not a .parquet file"):
        read(path)
