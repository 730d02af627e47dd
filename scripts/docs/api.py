"""Generates a page for each package from the docstrings of its public names."""

import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType

__all__ = ["PACKAGES", "api_pages"]

PACKAGES = {
    "assay": "The names that most programs need.",
    "assay.data": "Loading, splitting, preparing and checking data sets.",
    "assay.nn": "Layers, activations and models.",
    "assay.costs": "Losses, costs and links.",
    "assay.optim": "Optimizers and gradient clipping.",
    "assay.optim.schedules": "Learning-rate schedules.",
    "assay.regularize": "Penalties and augmentations.",
    "assay.metrics": "Metrics for predictions.",
    "assay.training": "Compiled programs and fits.",
    "assay.tuning": "Hyperparameter search and races.",
    "assay.evaluate": "Intervals, baselines, comparisons and the verdict.",
    "assay.experiment": "The protocol.",
    "assay.doctor": "Symptoms, remedies and the verification of remedies.",
    "assay.records": "The files of a run.",
    "assay.report": "Reports on runs.",
    "assay.spec": "The settings of experiments.",
    "assay.exporting": "Export of models to other formats.",
    "assay.estimators": "scikit-learn estimators.",
    "assay.serving": "Predictions over HTTP.",
    "assay.trackers": "Tracking of runs in TensorBoard and MLflow.",
}
"""The packages that users import from."""

_OPTIONS = """\
    options:
      members: [{members}]
      show_root_heading: false
      show_root_toc_entry: false
"""


def api_pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown text of each page."""
    lines = ["# Python API", "", "| package | |", "| --- | --- |"]
    lines += [f"| [`{name}`]({name}.md) | {PACKAGES[name]} |" for name in PACKAGES]
    yield "api/index.md", "\n".join(lines) + "\n"
    for name in PACKAGES:
        yield f"api/{name}.md", _page(name)


def _page(name: str) -> str:
    names = _documented(importlib.import_module(name), name)
    options = _OPTIONS.format(members=", ".join(names))
    return f"# `{name}`\n\n{PACKAGES[name]}\n\n::: {name}\n{options}"


def _documented(module: ModuleType, name: str) -> list[str]:
    """Return the names to document; for `assay`, specs are only linked."""
    names = []
    for one in module.__all__:
        value = getattr(module, one)
        if inspect.ismodule(value):
            continue
        if name == "assay" and value.__module__.startswith("assay.spec"):
            continue  # listed under assay.spec and in the tables of families
        names.append(one)
    return names
