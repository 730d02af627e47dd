"""Assay: a fit to a table in Parquet files, which are streamed or read into memory."""

from pathlib import Path
from typing import Any

import polars as pl

from assay import spec
from assay.experiment.prepare._load import load
from assay.experiment.prepare._rows import prepare_rows
from assay.experiment.prepare._split import split
from assay.training import Fit
from benchmarks._task import Table
from benchmarks.sides.assay_training import compile_seconds

__all__ = ["InMemory", "Streamed"]

_ROWS_A_FILE = 250_000


class InMemory:
    """Reads all rows before training starts."""

    same_batches = False
    streamed = False

    def __init__(self, task: Table, folder: Path) -> None:
        self.task, files = task, folder / f"table-{task.num_examples}"
        if not files.exists():
            _write(files, task)
        asked = spec.Experiment(
            data=str(files), target="kind", task="multiclass", stream=self.streamed
        )
        data = split(load(asked))
        self.training_data = prepare_rows(data).training_data
        self.reset()
        self.run()
        self.facts: dict[str, Any] = {
            "compile_seconds": compile_seconds(),
            "iterations": self.fit.num_iterations,
            "train_rows": len(data.split.train),
        }

    def reset(self) -> None:
        """Create a new fit that prefetches its first chunk."""
        self.fit: Fit = self.training_data.fit(
            self.task.training, seed=self.task.seed, measure_epochs=False
        )
        self.fit.advance(iterations=1)

    def run(self) -> None:
        """Train to completion."""
        self.fit.run()

    def outcome(self) -> float:
        """Return the cost on some validation rows."""
        fit = self.fit
        values = fit.hyperparameters.with_measured_rows(4096)
        return fit.program.costs(fit.state, values, self.training_data.val)[0]


class Streamed(InMemory):
    """Reads the rows in chunks, one chunk ahead of training."""

    streamed = True


def _write(files: Path, task: Table) -> None:
    files.mkdir()
    for place, start in enumerate(range(0, task.num_examples, _ROWS_A_FILE)):
        count = min(_ROWS_A_FILE, task.num_examples - start)
        inputs, targets = task.rows(count, place)
        columns = {f"x{i}": inputs[:, i] for i in range(inputs.shape[1])}
        frame = pl.DataFrame({**columns, "kind": targets})
        frame.write_parquet(files / f"part{place:04}.parquet")
