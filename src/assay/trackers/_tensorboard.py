"""Writes event files for TensorBoard."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from assay._extras import import_extra
from assay.records import Finding, Summary
from assay.trackers._result import finding_line, flat, result_lines, result_values
from assay.trackers._tracker import Point, Tracker

__all__ = ["TensorBoard"]


class TensorBoard(Tracker):
    """Writes event files to the run folder.

    Each fit has its own folder, so TensorBoard shows it as a separate curve. To view
    the curves, run `tensorboard --logdir runs`.

    Args:
        folder: folder for the event files; by default, `tensorboard` in the run folder.

    Raises:
        InputError: the package tensorboardX is not installed.
    """

    kind: ClassVar[str] = "tensorboard"

    def __init__(self, folder: str | Path | None = None) -> None:
        self._package: Any = import_extra(
            "tensorboardX", extra=self.kind, purpose=f"The tracker {self.kind!r}"
        )
        self._folder = None if folder is None else Path(folder)
        self._writers: dict[str, Any] = {}
        self._findings: list[str] = []

    def start(self, run: str, folder: Path, experiment: Mapping[str, Any]) -> None:
        """Write the experiment as text."""
        self._folder = (
            folder / "tensorboard" if self._folder is None else self._folder / run
        )
        rows = [f"| {name} | {value} |" for name, value in flat(experiment).items()]
        table = "\n".join(["| field | value |", "| --- | --- |", *rows])
        self._writer("").add_text("experiment", table)

    def points(self, fit: str, points: Sequence[Point]) -> None:
        """Write the measurements of a fit to its own event file."""
        writer = self._writer(fit)
        for name, step, value in points:
            writer.add_scalar(name, value, step)

    def trial(
        self, number: int, hyperparameters: Mapping[str, Any], value: float | None
    ) -> None:
        """Write a row of the hyperparameter table."""
        # `add_hparams` opens another event file, whose name may already be in use.
        writer = self._writer(f"trial-{number}")
        metrics = {} if value is None else {"val_score": float(value)}
        values = {name: _plain(v) for name, v in flat(hyperparameters).items()}
        for part in self._package.summary.hparams(values, metrics):
            writer.file_writer.add_summary(part)
        for name, result in metrics.items():
            writer.add_scalar(name, result, 0)

    def finding(self, finding: Finding) -> None:
        """Add a finding to the text that lists all findings."""
        self._findings.append(finding_line(finding))
        text = "\n".join(f"- {line}" for line in self._findings)
        self._writer("").add_text("findings", text)

    def finish(self, summary: Summary) -> None:
        """Write the test result."""
        writer = self._writer("")
        for name, value in result_values(summary).items():
            writer.add_scalar(name, value, 0)
        writer.add_text("result", "\n\n".join(result_lines(summary)))

    def close(self, reason: str) -> None:
        """Close the event files."""
        for writer in self._writers.values():
            writer.close()

    def _writer(self, fit: str) -> Any:
        """Return the writer for a fit, or for the whole run if `fit` is ""."""
        if fit not in self._writers:
            assert self._folder is not None
            folder = str(self._folder / fit)
            self._writers[fit] = self._package.SummaryWriter(folder)
        return self._writers[fit]


def _plain(value: Any) -> bool | int | float | str:
    return value if isinstance(value, bool | int | float | str) else str(value)
