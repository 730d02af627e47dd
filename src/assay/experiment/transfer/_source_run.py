"""A saved run that another one starts from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assay import spec
from assay._errors import InputError, did_you_mean, fault
from assay.data import Preparation
from assay.experiment.model._files import DESCRIPTION, is_own, read_model
from assay.records import RunFolder, run_folders

__all__ = ["Source", "read_source"]

_ROOT = Path("runs")
_SEEN = "start.npz"


@dataclass(frozen=True, eq=False)
class Source:
    """What a new training can start from.

    Args:
        name: of the run.
        path: of its folder.
        sha256: of the file of its parameters.
        training: what it was trained with, as plain data.
        preparation: of its inputs.
        parameters: by path, as "conv1/kernel".
        statistics: by path.
        seen: rows that it, and what it started from, were trained on, by the
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

    def taken_over(self, asked: spec.Experiment) -> spec.Experiment:
        """Return the experiment with what it leaves open taken from the run."""
        changes: dict[str, Any] = {}
        if "model" not in asked.model_fields_set or asked.model == "auto":
            if is_own(self.training):
                fix = "Write model=MyNetwork, as when it was trained."
                rule = f"the network of {self.name} is given"
                raise InputError(fault(rule, "model", asked.model, fix))
            changes["model"] = spec.Training(model=self.training["model"]).model
        layout = self.preparation.layout
        if asked.image_size is None and layout.image_size is not None:
            changes["image_size"] = layout.image_size
        if "image_mode" not in asked.model_fields_set:
            changes["image_mode"] = layout.image_mode
        return asked.model_copy(update=changes)

    def write_seen(self, folder: RunFolder) -> None:
        """Write which rows a run that starts from this one has known from the start."""
        folder.write_npz(_SEEN, **self.seen)


def read_source(name: str) -> Source:
    """Read a run by its folder, or by its name under `runs`.

    Raises:
        InputError: there is no such run, or it has no model.
        RunError: its model cannot be read.
    """
    folder = _find(name)
    if not folder.exists(DESCRIPTION):
        fix = f"It has no model yet. Finish it: assay train --resume --out {name}"
        raise InputError(fault("start_from is a finished run", "start_from", name, fix))
    description, trees, sha256 = read_model(folder)
    return Source(
        folder.name,
        str(folder.path),
        sha256,
        training=description["training"],
        preparation=Preparation.from_json(description["preparation"]),
        parameters=trees["parameters"],
        statistics=trees["statistics"],
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
    """Return the rows a run was trained on, or started from knowing."""
    seen = folder.read_npz(_SEEN) if folder.exists(_SEEN) else {}
    parts, own = folder.read_npz("split.npz"), folder.read_json("data.json")
    rows = [parts["train"], parts["val"]]  # the refit is on both
    name = own["fingerprint"]
    rows += [seen[name]] if name in seen else []
    return {**seen, name: np.unique(np.concatenate(rows))}
