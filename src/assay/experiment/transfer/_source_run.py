"""The saved run from which a new run starts."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assay import spec
from assay._errors import InputError, did_you_mean
from assay.data import Preparation
from assay.experiment.defaults._defaults import is_auto
from assay.experiment.model._files import (
    DESCRIPTION,
    is_custom_network,
    read_model,
)
from assay.experiment.model._model import Model
from assay.records import RunFolder, named_run, run_folders

__all__ = ["SourceRun", "read_source_run"]

_ROOT = Path("runs")
_SEEN = "start.npz"


@dataclass(frozen=True, eq=False)
class SourceRun:
    """A saved run whose model can be the starting point of a new run.

    Args:
        name: name of the run.
        path: path of its folder.
        sha256: hash of its parameter file.
        training: training spec of the run as plain data.
        preparation: preparation of the inputs.
        parameters: parameters, keyed by path, such as "conv1/kernel".
        statistics: statistics, keyed by path.
        seen: training rows of this run and of its own source run, keyed by the
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
        """Copy this run's model and image layout to an experiment unless it sets them.

        Raises:
            InputError: the network was written in Python and must be passed as model.
        """
        changes: dict[str, Any] = {}
        if "model" not in experiment.model_fields_set or is_auto(experiment, "model"):
            if is_custom_network(self.training):
                raise InputError(
                    f"The network of the source run {self.name} was written in Python. "
                    "Pass the same network, such as model=MyNetwork."
                )
            changes["model"] = spec.Training(model=self.training["model"]).model
        layout = self.preparation.layout
        if experiment.image_size is None and layout.image_size is not None:
            changes["image_size"] = layout.image_size
        if "image_mode" not in experiment.model_fields_set:
            changes["image_mode"] = layout.image_mode
        return experiment.model_copy(update=changes)

    def write_seen(self, folder: RunFolder) -> None:
        """Write this run's training rows to the folder of a new run."""
        folder.write_npz(_SEEN, **self.seen)


def read_source_run(name: str) -> SourceRun:
    """Read a run, given its folder or its name under `runs`.

    Raises:
        InputError: the run does not exist or has no model.
        RunError: the model cannot be read.
    """
    folder = _find(name)
    if not folder.exists(DESCRIPTION):
        command = f"assay train --resume --out {shlex.quote(name)}"
        raise InputError(
            f"start_from must be a finished run, but {name!r} has no model yet. To "
            f"finish the run, use: {command}"
        )
    saved = read_model(folder)
    if not is_custom_network(saved.training):
        Model.from_saved(saved, folder)  # checks that the arrays match the network
    return SourceRun(
        folder.name,
        str(folder.path),
        saved.sha256,
        training=saved.training,
        preparation=saved.preparation,
        parameters=saved.members[0].parameters,
        statistics=saved.members[0].statistics,
        seen=_seen(folder),
    )


def _find(name: str) -> RunFolder:
    if folder := named_run(name):
        return folder
    roots = (Path(name).parent, Path(name), _ROOT)
    known = dict.fromkeys(str(f.path) for root in roots for f in run_folders(root))
    near = did_you_mean(name, known) or did_you_mean(str(_ROOT / name), known)
    raise InputError(
        f"start_from must be the folder of a run, such as runs/digits-1, not {name!r}."
        f"{near}"
    )


def _seen(folder: RunFolder) -> dict[str, np.ndarray]:
    """Return the training rows of a run and of its source run, keyed by fingerprint."""
    seen = folder.read_npz(_SEEN) if folder.exists(_SEEN) else {}
    parts = folder.read_npz("split.npz", "train", "val")
    fingerprint = str(folder.read_object("data.json").get("fingerprint"))
    rows = [parts["train"], parts["val"]]  # the refit uses train and val
    rows += [seen[fingerprint]] if fingerprint in seen else []
    return {**seen, fingerprint: np.unique(np.concatenate(rows))}
