"""Sends a run to MLflow."""

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from assay._extras import import_extra
from assay.records import Finding, Summary
from assay.trackers._result import finding_line, flat, result_lines, result_values
from assay.trackers._tracker import Point, Tracker

__all__ = ["MLflow"]

_FOLDER_TAG = "assay.folder"
_PARENT_TAG = "mlflow.parentRunId"
_MOST_METRICS, _MOST_PARAMETERS = 1000, 100  # maximum number per request
_MOST_CHARACTERS = 500  # maximum length of a parameter (newer servers allow more)
_MOST_TEXT = 5000  # maximum length of a tag
_REFUSED = re.compile(r"[^\w.\- /:]")  # characters that names must not contain
_STATUS = {"finished": "FINISHED", "interrupted": "KILLED", "failed": "FAILED"}


class MLflow(Tracker):
    """Sends a run to MLflow, with a nested run for each fit except the refit.

    Runs are sent to the server given by the environment variable MLFLOW_TRACKING_URI.
    If it is not set, they are stored in the SQLite file `mlflow.db` next to the run
    folder. To view them, run
    `mlflow ui --backend-store-uri sqlite:///runs/mlflow.db`.

    Args:
        address: tracking URI of the store; overrides the environment variable.
        experiment: name of the experiment in MLflow; by default, the value of
            MLFLOW_EXPERIMENT_NAME, or "assay".

    Raises:
        InputError: the package mlflow is not installed.
    """

    kind: ClassVar[str] = "mlflow"

    def __init__(
        self, address: str | None = None, experiment: str | None = None
    ) -> None:
        self._package: Any = import_extra(
            "mlflow", extra=self.kind, purpose=f"The tracker {self.kind!r}"
        )
        names = os.environ.get("MLFLOW_EXPERIMENT_NAME")
        self._address = address or os.environ.get("MLFLOW_TRACKING_URI")
        self._name = experiment or names or "assay"
        self._client: Any = None
        self._experiment = ""
        self._run = ""
        self._fits: dict[str, str] = {}  # identifiers of the MLflow runs, keyed by name
        self._findings: list[str] = []

    def start(self, run: str, folder: Path, experiment: Mapping[str, Any]) -> None:
        """Create a run in MLflow or continue the existing one when resuming."""
        folder = folder.resolve()
        address = self._address or f"sqlite:///{folder.parent / 'mlflow.db'}"
        self._client = self._package.MlflowClient(tracking_uri=address)
        self._experiment = self._experiment_id(folder)
        path = str(folder).replace("'", "\\'")
        known = self._client.search_runs(
            [self._experiment], f"tags.`{_FOLDER_TAG}` = '{path}'", max_results=1
        )
        if known:
            self._run = known[0].info.run_id
            self._client.update_run(self._run, status="RUNNING")
            self._fits = self._known_fits()
            return
        tags = {_FOLDER_TAG: str(folder)}
        self._run = self._create(run, tags)
        self._parameters(self._run, flat(experiment))

    def _experiment_id(self, folder: Path) -> str:
        found = self._client.get_experiment_by_name(self._name)
        if found is not None:
            return found.experiment_id
        if self._address is not None:
            return self._client.create_experiment(self._name)
        place = (folder.parent / "mlartifacts").as_uri()
        return self._client.create_experiment(self._name, artifact_location=place)

    def _known_fits(self) -> dict[str, str]:
        """Return the ids of a resumed run's nested MLflow runs, keyed by fit name."""
        of_run = f"tags.`{_PARENT_TAG}` = '{self._run}'"
        found = self._client.search_runs([self._experiment], of_run)
        return {one.info.run_name: one.info.run_id for one in found}

    def _create(self, name: str, tags: dict[str, str]) -> str:
        tags = {"mlflow.runName": name, "mlflow.source.name": "assay", **tags}
        created = self._client.create_run(self._experiment, run_name=name, tags=tags)
        return created.info.run_id

    def _fit(self, name: str) -> str:
        """Return the identifier of a fit's MLflow run. The refit uses the main run."""
        if name == "refit":
            return self._run
        if name not in self._fits:
            self._fits[name] = self._create(name, {_PARENT_TAG: self._run})
        return self._fits[name]

    def points(self, fit: str, points: Sequence[Point]) -> None:
        """Send the measurements of a fit."""
        entity = self._package.entities.Metric
        now, run = time.time_ns() // 1_000_000, self._fit(fit)
        metrics = [
            entity(_REFUSED.sub("_", name), value, now, step)
            for name, step, value in points
        ]
        for part in _parts(metrics, _MOST_METRICS):
            self._client.log_batch(run, metrics=part)

    def _parameters(self, run: str, values: Mapping[str, Any]) -> None:
        entity = self._package.entities.Param
        every = [
            entity(_REFUSED.sub("_", name), str(value)[:_MOST_CHARACTERS])
            for name, value in values.items()
        ]
        for part in _parts(every, _MOST_PARAMETERS):
            self._client.log_batch(run, params=part)

    def trial(
        self, number: int, hyperparameters: Mapping[str, Any], value: float | None
    ) -> None:
        """Send the hyperparameters and the result of a trial, and end its run."""
        run = self._fit(f"trial-{number}")
        self._parameters(run, flat(hyperparameters))
        if value is not None:
            self._client.log_metric(run, "val_score", value)
        self._client.set_terminated(run, "FAILED" if value is None else "FINISHED")

    def finding(self, finding: Finding) -> None:
        """Send the current findings as text."""
        self._findings.append(finding_line(finding))
        text = "\n".join(self._findings)[:_MOST_TEXT]
        self._client.set_tag(self._run, "assay.findings", text)

    def finish(self, summary: Summary) -> None:
        """Send the test result and the selected hyperparameters."""
        for name, value in result_values(summary).items():
            self._client.log_metric(self._run, name, value)
        note = "\n\n".join([*result_lines(summary), *self._findings])
        self._client.set_tag(self._run, "mlflow.note.content", note[:_MOST_TEXT])
        chosen = flat(summary["hyperparameters"])
        self._parameters(self._run, {f"chosen.{n}": v for n, v in chosen.items()})

    def close(self, reason: str) -> None:
        """End the runs."""
        for run in self._fits.values():
            if self._client.get_run(run).info.status == "RUNNING":
                self._client.set_terminated(run, _STATUS[reason])
        self._client.set_terminated(self._run, _STATUS[reason])


def _parts(several: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(several), size):
        yield several[start : start + size]
