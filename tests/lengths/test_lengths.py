"""Columnar files with absurd lengths are refused, and sound ones are not."""

import io

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assay._errors import InputError, RunError
from assay._lengths._of_arrow import check_arrow_lengths
from assay._lengths._of_parquet import check_parquet_lengths
from assay._lengths._thrift import read_struct
from assay.data import load, read
from assay.records import RunFolder

NUM_ROWS = 300


@pytest.fixture(scope="module")
def table():
    rows = np.arange(NUM_ROWS)
    return pl.DataFrame(
        {
            "size": rows / 3,
            "color": pl.Series(["red", "green", None] * (NUM_ROWS // 3)),
            "shade": pl.Series(["dark", "pale"] * (NUM_ROWS // 2)).cast(pl.Categorical),
            "steps": pl.Series([[1, 2], [3]] * (NUM_ROWS // 2)),
            "nothing": pl.Series([None] * NUM_ROWS, dtype=pl.Null),
            "constant": np.zeros(NUM_ROWS),
        }
    )


@pytest.mark.parametrize("compression", ["uncompressed", "snappy", "zstd", "gzip"])
@pytest.mark.parametrize("num_rows", [0, 1, NUM_ROWS])
def test_sound_parquet_files_pass(table, tmp_path, compression, num_rows):
    path = tmp_path / "a.parquet"
    for size in (None, 100):
        table[:num_rows].write_parquet(
            path, compression=compression, row_group_size=size, data_page_size=500
        )
        check_parquet_lengths(path)


@pytest.mark.parametrize(
    "options",
    [
        {"data_page_version": "2.0", "row_group_size": 50},
        {"version": "1.0", "use_dictionary": False, "write_statistics": False},
        {"write_page_index": True, "write_page_checksum": True, "data_page_size": 64},
    ],
)
def test_sound_files_of_another_writer_pass(table, tmp_path, options):
    whole = table.to_arrow()
    # a slice keeps its whole dictionary, which is longer than its column
    for part in (whole, whole.slice(7, 1), whole.slice(0, 0)):
        pq.write_table(part, tmp_path / "a.parquet", **options)
        check_parquet_lengths(tmp_path / "a.parquet")


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_sound_arrow_files_pass(table, tmp_path, compression):
    path = tmp_path / "a.arrow"
    whole = table.to_arrow()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_file(path, whole.schema, options=options) as writer:
        writer.write_table(whole, max_chunksize=100)
    check_arrow_lengths(path)
    # zeros are compressed the most
    zeros = pl.DataFrame({"a": np.zeros(1_000_000)})
    zeros.write_ipc(path, compression=compression or "uncompressed")
    check_arrow_lengths(path)


def parquet_with(place, value):
    """Return a Parquet file of which one byte of a page's header was replaced."""
    buffer = io.BytesIO()
    pl.DataFrame({"a": np.arange(12.0)}).write_parquet(
        buffer, compression="uncompressed", statistics=False
    )
    content = bytearray(buffer.getvalue())
    # i32 fields of the header: its type, the sizes, and then the number of values
    assert content[4:6] == b"\x15\x00" and content[6] == 0x15
    spot = content.index(b"\x15\x18", 4) + 1 if place == "values" else 7
    content[spot] = value
    return bytes(content)


@pytest.mark.parametrize("place", ["values", "bytes"])
def test_a_negative_length_of_a_page_is_refused(tmp_path, place):
    path = tmp_path / "a.parquet"
    path.write_bytes(parquet_with(place, 0x3D))  # -31
    for stream in (False, True):
        with pytest.raises(InputError) as error:
            load(path, target="a", stream=stream)
        assert "cannot be read as a .parquet file" in str(error.value)
        assert "Save the file again." in str(error.value)


@pytest.mark.parametrize("place", ["values", "bytes"])
def test_a_negative_length_in_a_record_is_refused(tmp_path, place):
    """Polars ends the process when it asks for the memory."""
    folder = RunFolder.create(tmp_path / "a")
    folder.write_bytes("epochs.parquet", parquet_with(place, 0x3D))
    with pytest.raises(RunError, match=r"epochs\.parquet cannot be read: .*-31"):
        folder.read_parquet("epochs.parquet")


def test_an_absurd_buffer_is_refused(tmp_path):
    path = tmp_path / "a.arrow"
    pl.DataFrame({"a": np.arange(1000.0)}).write_ipc(path, compression="zstd")
    content = bytearray(path.read_bytes())
    spot = content.index((8000).to_bytes(8, "little") + b"\x28\xb5\x2f\xfd")
    content[spot + 7] = 4
    path.write_bytes(content)
    message = r"decompresses to 288,230,376,151,719,744\. Save the file again\.$"
    with pytest.raises(InputError, match=message):
        read(path)


def test_an_absurd_list_in_the_metadata_is_refused():
    with pytest.raises(ValueError, match="length of 4,294,967,295 exceeds"):
        read_struct(b"\x19\xf5\xff\xff\xff\xff\x0f\x00")
    with pytest.raises(ValueError, match="ends too early"):
        read_struct(b"\x15")
    with pytest.raises(ValueError, match="nested"):
        read_struct(b"\x1c" * 100)  # structs in structs
    with pytest.raises(ValueError, match="nested"):
        read_struct(b"\x19" * 5_000)  # lists in lists
    with pytest.raises(ValueError, match="nested"):
        read_struct(b"\x1b" + b"\x01\x3b\x00" * 5_000)  # maps in maps
