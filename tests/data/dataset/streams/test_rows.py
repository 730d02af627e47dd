"""Streamed tables give the same data set as in memory, but are read in blocks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from assay import InputError, data
from assay.data.preparation import _incremental_fit
from assay.data.sources.formats import _parquet
from assay.data.sources.formats._parquet import ParquetStream
from assay.data.table import _chunks as _stream
from assay.data.table._chunks import chunk_rows

NUM_ROWS = 400


def mixed_frame() -> pl.DataFrame:
    """Draw one column of every kind that a streamed table supports."""
    rng = np.random.default_rng(0)
    size = rng.normal(5, 2, NUM_ROWS)
    return pl.DataFrame(
        {
            "size": [None if row % 17 == 0 else v for row, v in enumerate(size)],
            "color": [("red", "green", "blue")[row % 3] for row in range(NUM_ROWS)],
            "text": [str(row % 9) if row % 50 else "?" for row in range(NUM_ROWS)],
            "day": pl.Series(rng.integers(0, 2000, NUM_ROWS)).cast(pl.Date),
            "ripe": rng.random(NUM_ROWS) > 0.5,
            "same": np.ones(NUM_ROWS),
            "patient": rng.integers(0, 40, NUM_ROWS),
            "kind": rng.integers(0, 3, NUM_ROWS),
        }
    )


@pytest.fixture
def tiny_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use blocks of 8 rows and chunks of 32 rows."""
    monkeypatch.setattr(_stream, "CHUNK_NUMBERS", 32 * len(mixed_frame().columns))


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes the table as one file or as a folder of files."""

    def store(cuts: tuple[int, ...] = ()) -> Path:
        frame = mixed_frame()
        if not cuts:
            frame.write_parquet(tmp_path / "mixed.parquet")
            return tmp_path / "mixed.parquet"
        folder = tmp_path / "mixed"
        folder.mkdir()
        ends = (0, *cuts, NUM_ROWS)
        for place, (start, stop) in enumerate(zip(ends[:-1], ends[1:], strict=True)):
            frame[start:stop].write_parquet(folder / f"part{place}.parquet")
        return folder

    return store


@pytest.mark.usefixtures("tiny_blocks")
@pytest.mark.parametrize("cuts", [(), (3, 250)])
def test_a_streamed_table_is_the_same_data_set(stored: Any, cuts: Any) -> None:
    path = stored(cuts)
    whole = data.load(mixed_frame(), target="kind")
    streamed = data.load(path, target="kind", stream=True)
    assert streamed.stream is not None
    assert streamed.frame.height == 0
    assert streamed.fingerprint == whole.fingerprint
    assert streamed.columns == whole.columns
    assert streamed.task == whole.task
    np.testing.assert_array_equal(streamed.target, whole.target)
    assert data.split(streamed, seed=3).hash == data.split(whole, seed=3).hash
    assert streamed.notes[0] == "Rows are streamed (as requested)."


@pytest.mark.usefixtures("tiny_blocks")
def test_rows_are_read_in_the_order_asked_for(stored: Any) -> None:
    streamed = data.load(stored((90,)), target="kind", stream=True)
    whole = data.load(mixed_frame(), target="kind")
    rows = np.random.default_rng(1).permutation(NUM_ROWS)[:150]
    names = ["text", "color", "size"]
    assert streamed.take(names, rows).equals(whole.take(names, rows))
    assert streamed.values("patient").equals(whole.values("patient"))
    preparation = data.Preparation.fit(whole, rows)
    np.testing.assert_array_equal(
        preparation.transform(streamed, rows), preparation.transform(whole, rows)
    )
    assert preparation.transform(streamed, rows[:0]).shape[0] == 0


@pytest.mark.usefixtures("tiny_blocks")
def test_preparation_of_many_blocks_is_that_of_all_rows(stored: Any) -> None:
    streamed = data.load(stored(), target="kind", stream=True)
    whole = data.load(mixed_frame(), target="kind")
    rows = data.split(whole, seed=0).train
    found = data.Preparation.fit(streamed, rows)
    expected = data.Preparation.fit(whole, rows)
    assert found.features == expected.features
    np.testing.assert_allclose(
        found.transform(whole), expected.transform(whole), rtol=1e-5, atol=1e-6
    )


def test_preparation_of_one_chunk_is_equal_to_the_bit(stored: Any) -> None:
    streamed = data.load(stored(), target="kind", stream=True)
    whole = data.load(mixed_frame(), target="kind")
    rows = data.split(whole, seed=0).train
    found = data.Preparation.fit(streamed, rows)
    assert found == data.Preparation.fit(whole, rows)


@pytest.mark.usefixtures("tiny_blocks")
def test_a_median_of_some_rows_fills(
    stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_incremental_fit, "MEDIAN_ROWS", 50)
    streamed = data.load(stored(), target="kind", stream=True)
    rows = np.arange(NUM_ROWS)
    encoder: Any = data.Preparation.fit(streamed, rows).encoders[0]
    size = mixed_frame()["size"][rows[::8]].drop_nulls()
    assert encoder.scale.fill == size.median()


@pytest.mark.usefixtures("tiny_blocks")
def test_at_most_a_block_is_read_at_once(
    stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    streamed = data.load(stored(), target="kind", stream=True)
    rows = data.split(streamed, seed=0).train
    heights = []
    read = ParquetStream._block

    def counting(self: Any, names: Any, rows: Any) -> pl.DataFrame:
        frame = read(self, names, rows)
        heights.append(frame.height)
        return frame

    monkeypatch.setattr(ParquetStream, "_block", counting)
    monkeypatch.setattr(ParquetStream, "column", None)
    data.Preparation.fit(streamed, rows).transform(streamed, rows)
    assert len(heights) == 2 * (NUM_ROWS // 8)
    assert max(heights) <= 8


@pytest.mark.usefixtures("tiny_blocks")
@pytest.mark.parametrize("by", ["group", "class", "random"])
def test_splits_are_those_in_memory(stored: Any, by: str) -> None:
    column = "patient" if by == "group" else None
    streamed, in_memory = (
        data.split(dataset, seed=5, by=by, column=column)
        for dataset in (
            data.load(stored(), target="kind", stream=True),
            data.load(mixed_frame(), target="kind"),
        )
    )
    assert streamed.hash == in_memory.hash
    for name, rows in in_memory.parts.items():
        np.testing.assert_array_equal(streamed.parts[name], rows)
        assert streamed.parts[name].nbytes == rows.nbytes / 2


def test_what_is_worth_knowing_is_found_in_some_rows(stored: Any) -> None:
    streamed = data.load(stored(), target="kind", stream=True)
    whole = data.load(mixed_frame(), target="kind")
    found = [
        {
            finding.code: finding.message
            for finding in data.look(d, data.split(d, seed=0))
        }
        for d in (streamed, whole)
    ]
    assert found[0] == found[1]
    assert "group_across_split" in found[0]


def test_small_files_are_read_into_memory(stored: Any) -> None:
    assert data.load(stored(), target="kind", stream="auto").stream is None
    assert data.load(stored((9,)), target="kind", stream="auto").num_examples == 400


def test_a_file_that_would_fill_the_memory_is_streamed(
    stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.data.table import _memory

    monkeypatch.setattr(_memory, "available_bytes", lambda: 1000)
    found = data.load(stored(), target="kind", stream="auto")
    assert found.stream is not None
    assert "more than 50% of the 0.0 GB of free memory" in found.notes[0]


def test_what_cannot_be_streamed_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match="Only Parquet files, .* can be streamed, but got 'iris'"
    ):
        data.load("iris", stream=True)
    with pytest.raises(InputError, match="but got DataFrame. Omit `stream`"):
        data.load(pl.DataFrame({"x": [1, 2], "y": [0, 1]}), target="y", stream=True)
    path = tmp_path / "cells.parquet"
    pl.DataFrame({"x": [[1.0], [2.0]], "y": [0, 1]}).write_parquet(path)
    with pytest.raises(
        InputError, match="Each cell of a streamed table must contain a single"
    ):
        data.load(path, target="y", stream=True)
    with pytest.raises(InputError, match="target in columns"):
        data.load(path, target="z", stream=True)
    pl.DataFrame({"z": [1.0], "y": [0]}).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(InputError, match="All files must have the same columns"):
        data.load(tmp_path, target="y", stream=True)


def test_faults_of_rows_are_those_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "broken.parquet"
    frame = pl.DataFrame({"x": [1.0, np.inf, 2.0], "y": [0, 1, None]})
    frame.write_parquet(path)
    told = []
    for stream in (True, False):
        with pytest.raises(InputError) as error:
            data.load(path, target="y", stream=stream)
        told.append(error.value.faults)
    assert told[0] == told[1]
    assert len(told[0]) == 2


def test_rows_at_once_shrink_with_their_width() -> None:
    assert chunk_rows(1) == chunk_rows(32) == 2**18
    assert chunk_rows(33) == 2**17
    assert chunk_rows(10**9) == 8


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Write a folder of small color images with three classes."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for number in range(30):
        pixels = rng.integers(0, 256, (6, 5, 3)).astype(np.uint8)
        folder = tmp_path / "pictures" / "abc"[number % 3]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number:03}.png")
    return tmp_path / "pictures"


def test_streamed_images_are_the_same_data_set(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_stream, "CHUNK_NUMBERS", 8 * 90)
    whole, streamed = data.load(pictures), data.load(pictures, stream=True)
    assert streamed.stream is not None and streamed.stream.bounds is None
    assert streamed.width == 90
    assert streamed.fingerprint == whole.fingerprint
    assert streamed.columns == whole.columns
    assert streamed.task == whole.task
    assert data.split(streamed, seed=0).hash == data.split(whole, seed=0).hash
    rows = np.random.default_rng(1).permutation(30)[:20]
    found, expected = (data.Preparation.fit(d, rows) for d in (streamed, whole))
    np.testing.assert_allclose(
        found.transform(streamed, rows), expected.transform(whole, rows), atol=1e-5
    )
    codes = [
        {finding.code for finding in data.look(d, data.split(d, seed=0))}
        for d in (streamed, whole)
    ]
    assert codes[0] == codes[1]


def test_images_that_would_fill_the_memory_are_streamed(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.data.table import _memory

    assert data.load(pictures, stream="auto").stream is None
    monkeypatch.setattr(_memory, "available_bytes", lambda: 40_000)
    assert "the data would take" in str(data.load(pictures, stream="auto").notes)


def test_streamed_images_of_unequal_sizes_are_refused(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    monkeypatch.setattr(_stream, "CHUNK_NUMBERS", 8 * 90)
    Image.new("RGB", (9, 9)).save(pictures / "c" / "999.png")
    with pytest.raises(
        InputError, match="The images differ in size|All images must have"
    ):
        data.load(pictures, stream=True)
    sized = data.load(pictures, stream=True, image_size=(4, 4))
    assert sized.take(["image"], np.arange(31))["image"].dtype.shape == (4, 4, 3)


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, [0]), (70, [32, 32, 6]), (480, [60] * 8), (640, [64] * 10)]
)
def test_more_columns_of_wide_tables_are_read_at_once(
    count: int, sizes: list[int]
) -> None:
    assert [len(group) for group in _parquet._groups(["x"] * count)] == sizes


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_columns_are_read_in_groups(
    stored: Any, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(_parquet, "_COLUMNS_AT_ONCE", at_once)
    stream = ParquetStream.open([stored()])
    rows = np.array([3, 8, 399])
    names = stream.schema.names()
    assert stream.read(names, rows).equals(mixed_frame()[rows])
    assert stream.read(names[:2], rows).columns == names[:2]
