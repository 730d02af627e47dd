"""The protocol: split the data, tune, refit, open the test set, and report.

Names are imported on first use, so inspecting data does not import JAX.
"""

import importlib
from typing import TYPE_CHECKING, Any

from assay._calls import explain_package

if TYPE_CHECKING:
    from assay.experiment._by_hand import Batch, Fit
    from assay.experiment._events import Observer
    from assay.experiment._experiment import Experiment, train
    from assay.experiment._fit_for_estimator import FittedMembers, fit_members
    from assay.experiment._notebook import NotebookProgress
    from assay.experiment._race import Raced, race
    from assay.experiment._replay import Difference, Replay, replay
    from assay.experiment._run import Run, TestResult, load
    from assay.experiment._tune import Tuning, tune
    from assay.experiment.explain._importance import Importance, importance
    from assay.experiment.explain._open_row import OpenedRow, network_of, open_row
    from assay.experiment.explain._run_data import run_data
    from assay.experiment.explain._val_rows import ValRows, val_rows
    from assay.experiment.health._examine_run import MENDED, Examination, examine_run
    from assay.experiment.model._files import is_custom_network, read_model
    from assay.experiment.model._model import Model
    from assay.experiment.model._prediction_table import prediction_table
    from assay.experiment.prepare._look import load_data, look_at, split_data

__all__ = [
    "MENDED",
    "Batch",
    "Difference",
    "Examination",
    "Experiment",
    "Fit",
    "FittedMembers",
    "Importance",
    "Model",
    "NotebookProgress",
    "Observer",
    "OpenedRow",
    "Raced",
    "Replay",
    "Run",
    "TestResult",
    "Tuning",
    "ValRows",
    "examine_run",
    "fit_members",
    "importance",
    "is_custom_network",
    "load",
    "load_data",
    "look_at",
    "network_of",
    "open_row",
    "prediction_table",
    "race",
    "read_model",
    "replay",
    "run_data",
    "split_data",
    "train",
    "tune",
    "val_rows",
]

_MODULES = {
    "_by_hand": ("Batch", "Fit"),
    "_events": ("Observer",),
    "_experiment": ("Experiment", "train"),
    "_notebook": ("NotebookProgress",),
    "_fit_for_estimator": ("FittedMembers", "fit_members"),
    "explain._open_row": ("OpenedRow", "network_of", "open_row"),
    "explain._importance": ("Importance", "importance"),
    "_race": ("Raced", "race"),
    "explain._run_data": ("run_data",),
    "_replay": ("Difference", "Replay", "replay"),
    "_run": ("Run", "TestResult", "load"),
    "_tune": ("Tuning", "tune"),
    "explain._val_rows": ("ValRows", "val_rows"),
    "health._examine_run": ("MENDED", "Examination", "examine_run"),
    "model._files": ("is_custom_network", "read_model"),
    "model._model": ("Model",),
    "model._prediction_table": ("prediction_table",),
    "prepare._look": ("load_data", "look_at", "split_data"),
}

explain_package(__name__)


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
