"""Folders of Parquet files in other layouts, and streams of Arrow batches."""

import struct

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from assay._errors import InputError
from assay._lengths._of_arrow import check_stream_lengths
from assay.data import load, read


@pytest.fixture
def table():
    rows = np.arange(60)
    return pl.DataFrame({"size": rows / 3, "kind": ["a", "b", "c"] * 20})


@pytest.fixture
def partitioned(table, tmp_path):
    """Write a table as pandas, Spark and DuckDB do, one folder per value."""
    for year, city in ((2020, "San%20Juan"), (2021, "Bern")):
        folder = tmp_path / "sales" / f"year={year}" / f"city={city}"
        folder.mkdir(parents=True)
        start = 30 * (year == 2021)
        table[start : start + 30].write_parquet(folder / "part-0.parquet")
    (tmp_path / "sales" / "_SUCCESS").touch()
    return tmp_path / "sales"


def test_values_in_the_names_of_folders_are_columns(partitioned, table):
    frame = read(partitioned)
    assert frame.columns == ["size", "kind", "year", "city"]
    assert frame.select("size", "kind").equals(table)
    assert frame["year"].to_list() == ["2020"] * 30 + ["2021"] * 30
    assert frame["city"].unique(maintain_order=True).to_list() == ["San Juan", "Bern"]


@pytest.mark.parametrize("stream", [False, True])
def test_partitioned_folders_are_trained_on(partitioned, stream):
    data = load(partitioned, target="kind", stream=stream)
    kinds = {column.name: column.kind for column in data.columns}
    assert kinds == {"size": "number", "year": "number", "city": "category"}
    assert data.values("year").to_list() == [2020] * 30 + [2021] * 30
    whole = load(partitioned, target="kind")
    assert data.fingerprint == whole.fingerprint


def test_a_folder_may_stand_for_a_missing_value(partitioned, table):
    folder = partitioned / "year=__HIVE_DEFAULT_PARTITION__" / "city=Rome"
    folder.mkdir(parents=True)
    table.write_parquet(folder / "a.parquet")
    assert read(partitioned)["year"].null_count() == table.height


def test_a_column_of_the_file_prevails(partitioned, table):
    for path in partitioned.rglob("*.parquet"):
        table.with_columns(year=pl.lit(7)).write_parquet(path)
    assert set(read(partitioned)["year"]) == {7}


def test_files_in_other_subfolders_are_named(table, tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        table.write_parquet(tmp_path / name / "a.parquet")
    with pytest.raises(InputError, match=r"such as 'first/a.parquet'. Pass one of the"):
        load(tmp_path)


@pytest.mark.parametrize(
    "names",
    [["train", "test"], ["cells_test", "cells_train"], ["X-train", "X-holdout"]],
)
def test_training_and_test_sets_in_a_folder_are_not_mixed(table, tmp_path, names):
    for name in names:
        table.write_parquet(tmp_path / f"{name}.parquet")
    with pytest.raises(InputError, match="training set and a test set") as caught:
        load(tmp_path, target="kind")
    first, second = sorted(names, key=lambda name: "train" not in name)
    train, test = (str(tmp_path / f"{name}.parquet") for name in (first, second))
    assert str(caught.value).endswith(f"Pass {train!r}, with test_data={test!r}.")
    assert load(train, target="kind", test_data=test).num_test == 60


def test_parts_of_a_file_are_not_parts_of_a_data_set(table, tmp_path):
    for place in range(2):
        table.write_parquet(tmp_path / f"train-0000{place}-of-00002-{place}ac.parquet")
    assert load(tmp_path, target="kind").num_examples == 120
    table.write_parquet(tmp_path / "test-00000-of-00001.parquet")
    with pytest.raises(InputError, match="Move the test set to another folder"):
        load(tmp_path, target="kind")


def test_removed_files_of_a_changed_table_are_not_read(table, tmp_path):
    log = tmp_path / "_delta_log"
    log.mkdir()
    table.write_parquet(tmp_path / "a.parquet")
    (log / f"{0:020}.json").write_text('{"add": {"path": "a.parquet"}}\n')
    assert load(tmp_path, target="kind").num_examples == 60
    (log / f"{1:020}.json").write_text('{"remove": {"path": "a.parquet"}}\n')
    with pytest.raises(InputError, match="may contain removed rows"):
        load(tmp_path, target="kind")
    (log / f"{0:020}.json").unlink()  # the log no longer lists all changes
    (log / f"{1:020}.json").write_text("{}\n")
    with pytest.raises(InputError, match="may contain removed rows"):
        load(tmp_path, target="kind")


def _write_stream(path, table, compression=None):
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(str(path), table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=7)


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_a_stream_is_read_like_a_file(table, compression, tmp_path):
    path = tmp_path / "cells.arrow"
    shades = table.with_columns(shade=pl.col("kind").cast(pl.Categorical))
    _write_stream(path, shades.to_arrow(), compression)
    assert read(path).equals(shades)


def test_damaged_streams_are_refused(table, tmp_path):
    path = tmp_path / "cells.arrow"
    _write_stream(path, table.to_arrow())
    content = path.read_bytes()
    size = check_stream_lengths(path)
    assert 0 < size < len(content)
    for damaged in (content[:-400], content[:9], content[:4] + b"\xff" * 80):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="cannot be read as a .arrow file"):
            read(path)
    # a column that claims to be longer than the file
    start = content.index(struct.pack("<q", 7), len(content) // 4)
    path.write_bytes(content[:start] + struct.pack("<q", -7) + content[start + 8 :])
    with pytest.raises(InputError, match="cannot be read as a .arrow file"):
        read(path)


def test_the_first_version_of_feather_is_named(tmp_path):
    path = tmp_path / "cells.feather"
    path.write_bytes(b"FEA1" + bytes(60) + b"FEA1")
    with pytest.raises(
        InputError, match="uses version 1 of the Feather format.*read_feather"
    ):
        read(path)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_deeply_nested_cells_are_refused(suffix, tmp_path):
    path = tmp_path / f"table.{suffix}"
    cells = pl.Series("signal", [[1.0], [2.0]])
    for _ in range(8):
        cells = pl.Series("signal", [cells.to_list()])
    write = {"parquet": pl.DataFrame.write_parquet, "arrow": pl.DataFrame.write_ipc}
    write[suffix](pl.DataFrame([cells]), path)
    with pytest.raises(InputError, match="'signal' contains lists .* 8 levels"):
        read(path)
