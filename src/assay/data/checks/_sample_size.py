"""Checks of size and balance: are there enough examples, and of every class?"""

import numpy as np

from assay.data.checks._context import View, listed
from assay.data.columns._column import SOLE_INPUT_KINDS
from assay.data.splits._assign import MIN_CLASS_SIZE
from assay.records import Finding

__all__ = [
    "class_balance",
    "examples_per_class",
    "examples_per_parameter",
    "examples_per_predictor",
    "small_class",
]

PER_PARAMETER = 10
"""Examples for each parameter of the model, by the rule of thumb (F5.2)."""

PER_PREDICTOR = 10
"""Examples for each predictor of a regression, by the rule of thumb (F5.2)."""

PER_CLASS = 1000
"""Examples of each class, by the rule of thumb (F5.2)."""

UNEVEN = 3.0
"""Beyond 3 to 1 accuracy flatters a model that ignores the small class."""

VERY_UNEVEN = 10.0
"""Beyond 10 to 1 training itself tends to ignore it; published monitors alarm here."""


def examples_per_parameter(view: View) -> list[Finding]:
    """Compare the size of the data set with that of the model."""
    if not view.num_parameters:
        return []
    examples = view.dataset.num_examples
    wanted = PER_PARAMETER * view.num_parameters
    ratio = examples / view.num_parameters
    enough = examples >= wanted
    each = f"{ratio:.2g}" if ratio < PER_PARAMETER else f"{ratio:,.0f}"
    return [
        Finding(
            "examples_per_parameter",
            "info" if enough else "advice",
            f"{examples} examples for {view.num_parameters} parameters: {each} each; "
            f"the rule of thumb is about {PER_PARAMETER}.",
            numbers={
                "num_examples": examples,
                "num_parameters": view.num_parameters,
                "ratio": ratio,
                "wanted_ratio": PER_PARAMETER,
                "wanted_examples": wanted,
            },
            remedy=""
            if enough
            else "Take a smaller model or more examples, or regularize: "
            "weight decay, dropout, early stopping.",
        )
    ]


def examples_per_predictor(view: View) -> list[Finding]:
    """Compare the size of a regression's data set with its number of predictors."""
    predictors = len(view.features)
    whole = any(column.kind in SOLE_INPUT_KINDS for column in view.features)
    if view.dataset.task.kind != "regression" or not predictors or whole:
        return []
    examples = view.dataset.num_examples
    ratio = examples / predictors
    enough = ratio >= PER_PREDICTOR
    return [
        Finding(
            "examples_per_predictor",
            "info" if enough else "advice",
            f"{examples} examples for {predictors} predictors: {ratio:.1f} each; the "
            f"rule of thumb for regression is at least {PER_PREDICTOR}.",
            numbers={
                "num_examples": examples,
                "num_predictors": predictors,
                "ratio": ratio,
                "wanted_ratio": PER_PREDICTOR,
            },
            remedy="" if enough else "Add examples, or leave weak columns out.",
        )
    ]


def examples_per_class(view: View) -> list[Finding]:
    """Compare the size of every class with the rule of thumb."""
    counts = _counts(view)
    if not counts:
        return []
    few = [name for name, count in counts.items() if count < PER_CLASS]
    smallest = min(counts, key=counts.__getitem__)
    return [
        Finding(
            "examples_per_class",
            "advice" if few else "info",
            f"{len(few)} of {len(counts)} classes have fewer examples than the rule of "
            f"thumb, {PER_CLASS}; the smallest, {smallest!r}, has {counts[smallest]}.",
            numbers={
                "counts": counts,
                "smallest": smallest,
                "num_smallest": counts[smallest],
                "num_below": len(few),
                "wanted": PER_CLASS,
            },
            remedy="Add examples of these classes, or augment them." if few else "",
        )
    ]


def class_balance(view: View) -> list[Finding]:
    """Compare the largest class with the smallest."""
    counts = _counts(view)
    if not counts:
        return []
    largest = max(counts, key=counts.__getitem__)
    smallest = min(counts, key=counts.__getitem__)
    ratio = counts[largest] / max(counts[smallest], 1)
    told = (
        f"The largest class, {largest!r}, has {counts[largest]} examples, "
        f"{ratio:.1f} times as many as the smallest, {smallest!r}."
    )
    if counts[largest] == counts[smallest]:
        told = f"Each of the {len(counts)} classes has {counts[largest]} examples."
    severity = "info"
    if ratio > UNEVEN:
        severity = "warning" if ratio > VERY_UNEVEN else "advice"
    return [
        Finding(
            "class_balance",
            severity,
            told,
            numbers={
                "counts": counts,
                "ratio": ratio,
                "uneven": UNEVEN,
                "very_uneven": VERY_UNEVEN,
            },
            remedy=""
            if severity == "info"
            else "Judge by balanced accuracy, and weight the classes.",
        )
    ]


def small_class(view: View) -> list[Finding]:
    """Name classes too small to be in every part of a split."""
    counts = _counts(view)
    small = [name for name, count in counts.items() if count < MIN_CLASS_SIZE]
    if not small:
        return []
    return [
        Finding(
            "small_class",
            "warning",
            f"{listed(small)}: fewer than {MIN_CLASS_SIZE} examples, so not every part "
            "of the split has one, and nothing can be said about them.",
            numbers={"counts": {n: counts[n] for n in small}, "wanted": MIN_CLASS_SIZE},
            remedy="Add examples, or merge these classes with others.",
        )
    ]


def _counts(view: View) -> dict[str, int]:
    """Examples of each class, by its name as text."""
    dataset = view.dataset
    if not dataset.task.classes:
        return {}
    counts = np.bincount(dataset.target, minlength=dataset.task.num_classes)
    return {
        str(name): int(count)
        for name, count in zip(dataset.task.classes, counts, strict=True)
    }
