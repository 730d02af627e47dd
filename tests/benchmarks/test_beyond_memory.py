"""The benchmark of large tables writes them in pieces and judges the measured peak."""

from argparse import Namespace

import polars as pl
import pytest
from benchmarks import beyond_memory

from assay.data import load


def test_the_table_is_written_in_pieces_and_streamed(tmp_path, monkeypatch):
    monkeypatch.setattr(beyond_memory, "_ROWS_PER_FILE", 100)
    beyond_memory.write(tmp_path, 250, 3)
    heights = [pl.read_parquet(path).height for path in sorted(tmp_path.iterdir())]
    assert heights == [100, 100, 50]
    dataset = load(tmp_path, target="y", stream=True)
    assert (dataset.num_examples, dataset.num_features) == (250, 3)


@pytest.mark.parametrize(
    ("peak", "code", "verdict"),
    [(90, 0, "below the limit"), (110, 1, "ABOVE the limit")],
)
def test_the_peak_decides_the_exit_code(peak, code, verdict, capsys):
    measured = {
        "base": 200_000_000,
        "peaks": {"data": 10_000_000, "tune": peak * 1_000_000},
        "seconds": {"data": 1.0, "tune": 2.0},
        "test": 0.8,
    }
    asked = Namespace(cap=100, epochs=2)
    assert beyond_memory.report(measured, asked, 1_000_000_000) == code
    assert verdict in capsys.readouterr().out
