"""Assay trains supervised neural networks by the book and reports how good they are.

`assay.train("digits")` runs the whole protocol: split, tune on val, retrain on train +
val, and open the sealed test set once. `assay.Experiment(...)` runs the same protocol
and exposes every setting. Importing this package is fast, because names are imported
and the engine is started only on first use.
"""

import importlib

from assay._version import __version__ as __version__

# Type checkers treat this name as true. Importing `typing` would take longer than the
# rest of this module and delay `assay.__main__`, which handles Ctrl-C.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    # These imports are only for type checkers. Tests compare them with the names that
    # exist at run time. `X as X` and star imports mark names as public.
    from assay import costs as costs
    from assay import data as data
    from assay import estimators as estimators
    from assay import evaluate as evaluate
    from assay import experiment as experiment
    from assay import metrics as metrics
    from assay import nn as nn
    from assay import optim as optim
    from assay import records as records
    from assay import regularize as regularize
    from assay import spec as spec
    from assay import trackers as trackers
    from assay._errors import AssayError as AssayError
    from assay._errors import InputError as InputError
    from assay._errors import Interrupted as Interrupted
    from assay._errors import RunError as RunError
    from assay.estimators import NeuralClassifier as NeuralClassifier
    from assay.estimators import NeuralRegressor as NeuralRegressor
    from assay.records import Finding as Finding
    from assay.spec import *

    # This import comes last, because its `Experiment` replaces the one from the spec.
    from assay.experiment import Experiment as Experiment  # isort: skip
    from assay.experiment import Fit as Fit
    from assay.experiment import Model as Model
    from assay.experiment import Observer as Observer
    from assay.experiment import Raced as Raced
    from assay.experiment import Run as Run
    from assay.experiment import Tuning as Tuning
    from assay.experiment import load as load
    from assay.experiment import race as race
    from assay.experiment import train as train
    from assay.experiment import tune as tune
    from assay.exporting import export as export

    choice, integer, log, uniform = spec.Choice, spec.Integer, spec.Log, spec.Uniform

_ERRORS = ("AssayError", "InputError", "Interrupted", "RunError")
_PACKAGES = ("costs", "data", "estimators", "evaluate", "experiment", "metrics", "nn")
_PACKAGES += ("optim", "records", "regularize", "spec", "trackers")
_ESTIMATORS = ("NeuralClassifier", "NeuralRegressor")
_EXPERIMENT = ("Experiment", "Fit", "Model", "Observer", "Raced", "Run", "load", "race")
_EXPERIMENT += ("Tuning", "train", "tune")
# Search spaces look like function calls: learning_rate=assay.log(1e-4, 1e-1).
_SPACES = {"choice": "Choice", "integer": "Integer", "log": "Log", "uniform": "Uniform"}

_HOMES = {
    **dict.fromkeys(_ERRORS, "assay._errors"),
    **dict.fromkeys(_ESTIMATORS, "assay.estimators"),
    **dict.fromkeys(_EXPERIMENT, "assay.experiment"),
    **dict.fromkeys(_SPACES, "assay.spec"),
    "Finding": "assay.records",
    "export": "assay.exporting",
}


def _public_names() -> list[str]:
    """Return the public names of this module, including the members of the spec."""
    spec = importlib.import_module("assay.spec")
    members = [n for n in spec.__all__ if _is_member(getattr(spec, n))]
    return sorted({*_PACKAGES, *_HOMES, *members, "Split", "Tune"})


def _is_member(value: object) -> bool:
    """Return whether a value is a family member that users can select by name."""
    return getattr(value, "kind", None) in getattr(value, "members", ())


def __getattr__(name: str) -> "Any":
    if name in _PACKAGES:
        return importlib.import_module(f"assay.{name}")
    if name == "__all__":  # computed, so new members need no entry here
        return _public_names()
    # Importing a private module also calls this function, but should not load the spec.
    home = _HOMES.get(name) or ("" if name.startswith("_") else "assay.spec")
    module = importlib.import_module(home) if home else None
    if module is None or name not in (*_HOMES, *module.__all__):
        message = f"module 'assay' has no attribute {name!r}"
        if not name.startswith("_"):
            calls = importlib.import_module("assay._calls")
            message += f".{calls.how_to_write('assay', name, _public_names())}"
        raise AttributeError(message, name=name)
    value = getattr(module, _SPACES.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_public_names()})
