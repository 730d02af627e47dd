"""The saved run that a new one starts from."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assay import spec
from assay._errors import InputError, did_you_mean, fault
from assay.data import Preparation
from assay.experiment.defaults._defaults import is_auto
from assay.experiment.model._files import (
    DESCRIPTION,
    is_custom_network,
    read_model,
)
from assay.experiment.model._model import Model
from assay.records import RunFolder, run_folders

__all__ = ["SourceRun", "read_source_run"]

_ROOT = Path("runs")
_SEEN = "start.npz"


@dataclass(frozen=True, eq=False)
class SourceRun:
    """A saved run that a new training can start from.

    Args:
        name: name of the run.
        path: path of its folder.
        sha256: hash of its file of parameters.
        training: its training spec, as plain data.
        preparation: preparation of its inputs.
        parameters: parameters by path, such as "conv1/kernel".
        statistics: statistics by path.
        seen: rows that this run, and the run it started from, were trained on, by
            fingerprint of the data.
    """

    name: str
    path: str
    sha256: str
    training: dict[str, Any]
    preparation: Preparation
    parameters: Any
    statistics: Any
    seen: dict[str, np.ndarray]

    def complete(self, experiment: spec.Experiment) -> spec.Experiment:
        """Return the experiment, with this run's model and image layout by default.

        Raises:
            InputError: the run trained a network written in Python; pass it as model.
        """
        changes: dict[str, Any] = {}
        if "model" not in experiment.model_fields_set or is_auto(experiment, "model"):
            if is_custom_network(self.training):
                fix = "Write model=MyNetwork, as when it was trained."
                rule = f"model is the network of {self.name}"
                raise InputError(fault(rule, "model", experiment.model, fix))
            changes["model"] = spec.Training(model=self.training["model"]).model
        layout = self.preparation.layout
        if experiment.image_size is None and layout.image_size is not None:
            changes["image_size"] = layout.image_size
        if "image_mode" not in experiment.model_fields_set:
            changes["image_mode"] = layout.image_mode
        return experiment.model_copy(update=changes)

    def write_seen(self, folder: RunFolder) -> None:
        """Write the rows already seen by a run that starts from this one."""
        folder.write_npz(_SEEN, **self.seen)


def read_source_run(name: str) -> SourceRun:
    """Read a run by its folder, or by its name under `runs`.

    Raises:
        InputError: there is no such run, or it has no model.
        RunError: its model cannot be read.
    """
    folder = _find(name)
    if not folder.exists(DESCRIPTION):
        command = f"assay train --resume --out {shlex.quote(name)}"
        fix = f"It has no model yet. Finish it: {command}"
        raise InputError(fault("start_from is a finished run", "start_from", name, fix))
    saved = read_model(folder)
    if not is_custom_network(saved.training):
        Model.from_saved(saved, folder)  # raises if the arrays do not fit the network
    return SourceRun(
        folder.name,
        str(folder.path),
        saved.sha256,
        training=saved.training,
        preparation=saved.preparation,
        parameters=saved.fitted.parameters,
        statistics=saved.fitted.statistics,
        seen=_seen(folder),
    )


def _find(name: str) -> RunFolder:
    for folder in (RunFolder(name), RunFolder(_ROOT / name)):
        if folder.is_run:
            return folder
    roots = (Path(name).parent, Path(name), _ROOT)
    known = dict.fromkeys(str(f.path) for root in roots for f in run_folders(root))
    near = did_you_mean(name, known) or did_you_mean(str(_ROOT / name), known)
    fix = "Name the folder of a run, such as runs/digits-1."
    message = fault("start_from is the folder of a run", "start_from", name, fix)
    raise InputError(message + near)


def _seen(folder: RunFolder) -> dict[str, np.ndarray]:
    """Return the rows that a run was trained on, including those of its source run."""
    seen = folder.read_npz(_SEEN) if folder.exists(_SEEN) else {}
    parts = folder.read_npz("split.npz", "train", "val")
    fingerprint = str(folder.read_object("data.json").get("fingerprint"))
    rows = [parts["train"], parts["val"]]  # the refit uses both
    rows += [seen[fingerprint]] if fingerprint in seen else []
    return {**seen, fingerprint: np.unique(np.concatenate(rows))}
