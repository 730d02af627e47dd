"""Fixtures that write the folders of finished runs without training."""

import copy
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.records import EVENTS, RunFolder
from assay.report import REPORT, write_report

CLASSES = ["<img src=x onerror=alert(1)>", "a\x1b[31mred", 'say "cheese" & run']


def _summary(task: str, metric: str, value: float) -> dict[str, Any]:
    """Return a summary without optional values, as an old version wrote it."""
    measured = {"value": value, "interval": [0.9 * value, 1.05 * value]}
    return {
        "assay": "0.1.0",
        "version": 1,
        "run": "cells-1",
        "task": task,
        "data": {
            "source": "cells<b>.csv",
            "num_examples": 100,
            "num_features": 3,
            "classes": None,
            "fingerprint": "f00",
        },
        "split": {"train": 70, "val": 15, "test": 15, "by": "random", "hash": "h"},
        "model": {
            "layers": [{"name": "dense1", "kind": "dense", "units": 4}, "relu"],
            "num_parameters": 21,
        },
        "hyperparameters": {"optimizer.learning_rate": 0.0031622, "augment": []},
        "tune": {"num_trials": 3, "best_val": 0.9, "metric": metric, "best_trial": 1},
        "refit": {"num_examples": 85, "epochs": 4},
        "test": {
            "metric": metric,
            **measured,
            "level": 0.95,
            "num_examples": 15,
            "openings": 1,
        },
        "metrics": {metric: measured, "log_loss": {"value": None, "interval": None}},
        "baselines": [
            {
                "name": "linear model",
                "value": 0.8 * value,
                "interval": None,
                "comparison": {"words": "better than linear model (p = 0.01)"},
            }
        ],
        "train": {"cost": 0.1, "metric_value": value},
        "verdict": "fits",
        "findings": [
            {
                "code": "a",
                "severity": "info",
                "message": "The column '<script>alert(1)</script>' is constant.",
                "numbers": {},
                "remedy": "",
            },
            {
                "code": "b",
                "severity": "warning",
                "message": "Classes are few.",
                "numbers": {},
                "remedy": "Add rows.",
            },
        ],
        "timings": {"total_seconds": 3.25, "tune_seconds": 2.0},
    }


def _with_classes(summary: dict[str, Any], classes: list[str]) -> dict[str, Any]:
    """Add the evaluation of a classifier with a single error, in the first class."""
    confusion = np.diag(np.full(len(classes), 5))
    confusion[0, 1] = 1
    scores = {"precision": 0.9, "recall": 0.8, "f1": 0.85, "support": 5.0}
    return summary | {
        "data": summary["data"] | {"classes": classes, "target": "the <kind>"},
        "evaluation": {
            "confusion": confusion.tolist(),
            "per_class": [{"class": name, **scores} for name in classes],
            "notes": ["few rows were classified wrongly"],
        },
    }


SUMMARIES: dict[str, dict[str, Any]] = {
    "binary": _with_classes(
        _summary("binary", "balanced_accuracy", 0.9), ["no", "yes"]
    ),
    "multiclass": _with_classes(_summary("multiclass", "accuracy", 0.9), CLASSES),
    "regression": _summary("regression", "rmse", 61.5),
}


def write_run(folder: RunFolder, summary: dict[str, Any]) -> None:
    """Write the records of a finished run."""
    rng = np.random.default_rng(0)
    for number, value in enumerate([0.5, 0.25, None]):
        state = "complete" if value else "failed"
        folder.append(
            EVENTS["trial"](trial=number, hyperparameters={}, value=value, state=state)
        )
    epochs = np.arange(1, 5, dtype=np.float32)
    missing = np.full(4, np.nan, np.float32)
    folder.write_parquet(
        "epochs.parquet",
        {
            "trial": np.repeat([1, -1], 4),
            "epoch": np.tile(epochs, 2),
            "train_cost": np.tile(1 / epochs, 2),
            "val_cost": np.concatenate([1.1 / epochs, missing]),
        },
    )
    targets = rng.normal(100, 20, 15)
    folder.write_parquet(
        "test_predictions.parquet",
        {"row": np.arange(15), "target": targets, "prediction": targets + 1},
    )
    resolved = {"seed": 7, "device": "cpu:0", "versions": {"jax": "0.10"}}
    folder.write_json("resolved.json", resolved)
    opening = '{"kind":"opening","when_seconds":1795848476.0}\n'
    folder.write_text("ledger.jsonl", opening)
    folder.write_summary(summary)


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., RunFolder]:
    """Return a function that writes a run for a task, with changes to its summary."""

    def make(task: str, **changes: Any) -> RunFolder:
        folder = RunFolder.create(tmp_path / "runs" / "cells-1")
        write_run(folder, copy.deepcopy(SUMMARIES[task]) | changes)
        return folder

    return make


class Page(HTMLParser):
    """A parsed page. Raises an AssertionError if tags are not properly nested."""

    VOID = frozenset({"meta"})

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.markup = markup
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._open: list[str] = []
        self.feed(markup)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice"
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside == "script":
            self.scripts.append(data)
        elif inside != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All text that the page shows if scripts are blocked."""
        return "\n".join(self.texts)

    @property
    def data(self) -> dict[str, Any]:
        """The data that the page's script draws."""
        return json.loads(self.scripts[0])

    def values(self, name: str) -> list[str]:
        """Return all values of an attribute."""
        return [
            value or "" for _, a in self.elements for n, value in a.items() if n == name
        ]

    def tags(self) -> list[str]:
        """Return the tag names of all elements in order."""
        return [tag for tag, _ in self.elements]


@pytest.fixture
def take_apart() -> type[Page]:
    """Return the class that parses a page."""
    return Page


@pytest.fixture
def report_of() -> Callable[[RunFolder], Page]:
    """Return a function that writes the report of a run and parses it."""

    def report(folder: RunFolder) -> Page:
        write_report(folder)
        return Page(folder.read_text(REPORT))

    return report
