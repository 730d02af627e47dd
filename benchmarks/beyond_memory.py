"""Train on a table several times larger than a memory limit and measure the memory.

python -m benchmarks.beyond_memory [--cap MB] [--times N ...] [--columns N] [--epochs N]

Writes a folder of Parquet files and trains a small network on them with the whole
protocol, in a separate process. Another thread of that process measures its memory
every 10 milliseconds. Cached file pages are not counted, because the system can drop
them at any time. (On Linux, the difference between resident and shared memory is
measured.) The memory used after loading Assay is subtracted from all figures. If two
sizes are given, the number of bytes per additional row is also printed. The exit code
is 1 if the largest peak exceeds the cap.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import psutil

_ROWS_PER_FILE = 100_000
_BYTES = 4  # bytes per number, on disk and in memory
_SECONDS = 0.01  # interval between measurements


def main() -> int:
    """Print the memory use and speed; return 1 if the limit was exceeded, else 0."""
    asked = _arguments().parse_args()
    if asked.folder is not None:
        print(json.dumps(measure(asked.folder, num_epochs=asked.epochs)))
        return 0
    sizes = [asked.cap * 1_000_000 * times for times in sorted(asked.times)]
    rows = [size // (_BYTES * asked.columns) for size in sizes]
    measured, over = [], 0
    for num_bytes, num_rows in zip(sizes, rows, strict=True):
        print(f"{num_rows:,} rows x {asked.columns} numbers, {num_bytes / 1e9:.2f} GB")
        measured.append(train(num_rows, asked))
        over = report(measured[-1], asked, num_bytes)
    if len(sizes) > 1:
        peaks = [max(one["peaks"].values()) for one in measured]
        growth = (peaks[-1] - peaks[0]) / (rows[-1] - rows[0])
        print(f"each additional row takes {growth:.0f} bytes at the peak")
    return over


def train(num_rows: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Write a table, train on it in a separate process, and return the measurements."""
    with tempfile.TemporaryDirectory(prefix="assay-beyond-", dir=asked.disk) as folder:
        write(Path(folder), num_rows, asked.columns)
        words = ["--folder", folder, "--epochs", str(asked.epochs)]
        module = [sys.executable, "-m", "benchmarks.beyond_memory"]
        done = subprocess.run([*module, *words], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--cap", type=int, default=300, metavar="MB", help="cap on memory")
    add(
        "--times",
        type=int,
        nargs="+",
        default=[5, 10],
        help="table sizes as multiples of the cap",
    )
    add("--columns", type=int, default=200, help="number of numeric columns")
    add("--epochs", type=int, default=2, help="number of epochs")
    add("--disk", type=Path, metavar="DIR", help="folder for the table")
    add("--folder", type=Path, help=argparse.SUPPRESS)
    return parser


def write(folder: Path, num_rows: int, num_columns: int) -> None:
    """Write a table of random numbers with a target that depends on two columns."""
    random = np.random.default_rng(0)
    for number, start in enumerate(range(0, num_rows, _ROWS_PER_FILE)):
        size = min(_ROWS_PER_FILE, num_rows - start)
        cells = random.standard_normal((num_columns, size), np.float32)
        noise = random.standard_normal(size, np.float32)
        columns = {f"x{i}": values for i, values in enumerate(cells)}
        target = np.where(cells[0] + cells[1] + noise > 0, "yes", "no")
        frame = pl.DataFrame({**columns, "y": target})
        path = folder / f"{number:04}.parquet"
        frame.write_parquet(path, compression="uncompressed")


class Memory:
    """Measures the memory of this process at each stage, in another thread."""

    def __init__(self) -> None:
        self.stage, self.peaks = "start", dict[str, int]()
        self._process = psutil.Process()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def held(self) -> int:
        """Return the number of bytes that the system cannot drop."""
        info: Any = self._process.memory_info()
        return info.rss - info.shared

    def _watch(self) -> None:
        while not self._stopped.wait(_SECONDS):
            self.peaks[self.stage] = max(self.peaks.get(self.stage, 0), self.held())

    def stop(self) -> None:
        """Stop measuring."""
        self._stopped.set()
        self._thread.join()


def measure(folder: Path, *, num_epochs: int) -> dict[str, Any]:
    """Train on a folder and return the memory use and duration of each stage."""
    import assay
    from assay.experiment import Observer

    assay.train("iris", trials=1, num_epochs=1, model="linear", runs=None)
    memory = Memory()
    base = memory.held()

    class Stages(Observer):
        def stage(self, name: str, detail: str = "") -> None:
            so_far = memory.peaks.get(memory.stage, base) - base
            print(f"{memory.stage} {so_far / 1e6:.0f} MB", file=sys.stderr, flush=True)
            memory.stage = name

    experiment = assay.Experiment(
        data=str(folder),
        target="y",
        stream=True,
        model=[assay.Dense(32), assay.ReLU()],
        num_epochs=num_epochs,
        members=1,
        tune=assay.Tune(num_trials=1),
    )
    with tempfile.TemporaryDirectory() as runs:
        run = experiment.run(runs=runs, observer=Stages())
        timings = run.summary["timings"]
        accuracy = run.summary["test"]["value"]
    memory.stop()
    peaks = {name: peak - base for name, peak in memory.peaks.items()}
    return {
        "base": base,
        "peaks": peaks,
        "seconds": {n.removesuffix("_seconds"): t for n, t in timings.items()},
        "test": accuracy,
    }


def report(measured: dict[str, Any], asked: argparse.Namespace, num_bytes: int) -> int:
    """Print a table of the stages; return 1 if the limit was exceeded, else 0."""
    peaks, seconds = measured["peaks"], measured["seconds"]
    print(f"after loading Assay: {measured['base'] / 1e6:.0f} MB")
    print(f"{'stage':10}{'peak MB':>10}{'seconds':>10}{'MB/s':>10}")
    passes = {"data": 1, "tune": asked.epochs, "refit": asked.epochs}
    for name, peak in peaks.items():
        took = seconds.get(name)
        rate = passes.get(name, 0) * num_bytes / 1e6 / took if took else 0
        print(f"{name:10}{peak / 1e6:10.0f}{took or 0:10.1f}{rate:10.0f}")
    most = max(peaks.values()) / 1e6
    verdict = "below" if most <= asked.cap else "ABOVE"
    share = num_bytes / 1e6 / most
    print(
        f"peak {most:.0f} MB, {verdict} the limit of {asked.cap} MB; the table is "
        f"{share:.1f} times as large; test accuracy {measured['test']:.3f}",
        flush=True,
    )
    return int(most > asked.cap)


if __name__ == "__main__":
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    sys.exit(main())
