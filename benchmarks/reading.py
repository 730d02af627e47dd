"""Measure the time to prepare a table for training and to read it with polars.

python -m benchmarks.reading [--rows N]

Prints the duration of `load`, of the checks (`look`), and of fitting and applying the
preparation. Of the three CSV files, two have 40 rows and 3,000 columns, of numbers and
of words, and one has a million rows and 20 columns of numbers. Processor times are also
printed, because wall-clock times depend on other programs.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay.data import Dataset, Preparation, load, look, split

WORDS = np.array(["red", "green", "blue", "black"])


def main() -> None:
    """Write each table to a temporary folder and time the steps."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="rows of the long table"
    )
    num_rows = parser.parse_args().rows
    random = np.random.default_rng(0)
    tables = {
        "40 x 3000 numbers": random.normal(size=(40, 3000)),
        "40 x 3000 words": WORDS[random.integers(0, len(WORDS), (40, 3000))],
        f"{num_rows} x 20 numbers": random.normal(size=(num_rows, 20)),
    }
    print(f"{'':24}{'seconds':>10}{'processor':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for name, cells in tables.items():
            path = Path(folder) / "table.csv"
            write(path, cells)
            print(name)
            measure(path)


def write(path: Path, cells: np.ndarray) -> None:
    """Write cells (n, d) and a target with two classes to a CSV file."""
    columns = {f"column {i}": values for i, values in enumerate(cells.T)}
    target = np.where(np.arange(len(cells)) % 2, "yes", "no")
    pl.DataFrame({**columns, "target": target}).write_csv(path)


def measure(path: Path) -> None:
    """Print the duration of each step."""
    timed("polars alone", lambda: pl.read_csv(path, infer_schema=False))
    dataset = timed("load", lambda: load(path, target="target"))
    parts = split(dataset, seed=0)
    timed("look", lambda: look(dataset, parts))
    timed("prepare", lambda: prepare(dataset, parts.train))


def prepare(dataset: Dataset, rows: np.ndarray) -> Any:
    """Fit a preparation and return the rows as network inputs."""
    return Preparation.fit(dataset, rows).transform(dataset, rows)


def timed(name: str, step: Callable[[], Any]) -> Any:
    """Run a step, print its duration, and return its result."""
    clock, processor = time.perf_counter(), time.process_time()
    result = step()
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"  {name:22}{clock:10.2f}{processor:12.2f}", flush=True)
    return result


if __name__ == "__main__":
    main()
