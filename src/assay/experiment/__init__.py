"""The protocol: split, tune, refit, open the test part, report.

Names are found when they are first asked for, so that reading a finished run does not
wait for the engine.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.experiment._experiment import Experiment, train
    from assay.experiment._explaining import OpenedRow, open_row
    from assay.experiment._looking import load_asked, look_at, split_asked
    from assay.experiment._model import Model
    from assay.experiment._observer import Observer
    from assay.experiment._overview import compare_text, data_text, unfinished_text
    from assay.experiment._race_text import race_text
    from assay.experiment._racing import Raced, race
    from assay.experiment._run import Run, TestResult, load
    from assay.experiment._text import summary_html, summary_text
    from assay.experiment._tuning import Tuning, tune

__all__ = [
    "Experiment",
    "Model",
    "Observer",
    "OpenedRow",
    "Raced",
    "Run",
    "TestResult",
    "Tuning",
    "compare_text",
    "data_text",
    "load",
    "load_asked",
    "look_at",
    "open_row",
    "race",
    "race_text",
    "split_asked",
    "summary_html",
    "summary_text",
    "train",
    "tune",
    "unfinished_text",
]

_HOMES = {
    "Experiment": "_experiment",
    "train": "_experiment",
    "OpenedRow": "_explaining",
    "open_row": "_explaining",
    "load_asked": "_looking",
    "look_at": "_looking",
    "split_asked": "_looking",
    "Model": "_model",
    "Observer": "_observer",
    "compare_text": "_overview",
    "data_text": "_overview",
    "unfinished_text": "_overview",
    "race_text": "_race_text",
    "Raced": "_racing",
    "race": "_racing",
    "Tuning": "_tuning",
    "tune": "_tuning",
    "Run": "_run",
    "TestResult": "_run",
    "load": "_run",
    "summary_html": "_text",
    "summary_text": "_text",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(f"{__name__}.{_HOMES[name]}")
    return getattr(home, name)
