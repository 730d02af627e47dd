"""Checks for too few examples, in total and per class."""

import numpy as np

from assay.data.checks._context import CheckContext, join_names
from assay.data.columns._column import SOLE_INPUT_KINDS
from assay.data.splits._by_class import MIN_CLASS_SIZE
from assay.records import Finding

__all__ = [
    "class_balance",
    "examples_per_class",
    "examples_per_parameter",
    "examples_per_predictor",
    "small_class",
    "unlearned_class",
]

PER_PARAMETER = 10
"""Recommended number of examples per parameter, a common rule of thumb."""

PER_PREDICTOR = 10
"""Recommended number of examples per predictor in a regression."""

PER_CLASS = 1000
"""Recommended number of examples per class, a common rule of thumb."""

UNEVEN = 3.0
"""Above this ratio of class sizes, accuracy misleads: models may ignore a class."""

VERY_UNEVEN = 10.0
"""Above this ratio of class sizes, models tend to ignore the smallest class."""


def examples_per_parameter(context: CheckContext) -> list[Finding]:
    """Report if there are too few examples for the number of parameters."""
    if not context.num_parameters:
        return []
    examples = context.dataset.num_examples
    ratio = examples / context.num_parameters
    if ratio >= PER_PARAMETER:
        return []
    return [
        Finding(
            "examples_per_parameter",
            "advice",
            f"There are {examples} examples for {context.num_parameters} parameters "
            f"({ratio:.2g} per parameter). A rule of thumb recommends about "
            f"{PER_PARAMETER}.",
            numbers={
                "num_examples": examples,
                "num_parameters": context.num_parameters,
                "ratio": ratio,
                "wanted_ratio": PER_PARAMETER,
                "wanted_examples": PER_PARAMETER * context.num_parameters,
            },
            remedy="Use a smaller model or more examples, or regularize with "
            "weight decay, dropout or early stopping.",
        )
    ]


def examples_per_predictor(context: CheckContext) -> list[Finding]:
    """Report if there are too few examples for the number of predictors."""
    predictors = len(context.features)
    is_table = all(c.kind not in SOLE_INPUT_KINDS for c in context.features)
    if context.dataset.task.kind != "regression" or not predictors or not is_table:
        return []
    examples = context.dataset.num_examples
    ratio = examples / predictors
    if ratio >= PER_PREDICTOR:
        return []
    return [
        Finding(
            "examples_per_predictor",
            "advice",
            f"There are {examples} examples for {predictors} predictors ({ratio:.1f} "
            "per predictor). A rule of thumb for regression recommends at least "
            f"{PER_PREDICTOR}.",
            numbers={
                "num_examples": examples,
                "num_predictors": predictors,
                "ratio": ratio,
                "wanted_ratio": PER_PREDICTOR,
            },
            remedy="Add examples, or leave out weak predictors.",
        )
    ]


def examples_per_class(context: CheckContext) -> list[Finding]:
    """Report classes with fewer examples than a rule of thumb recommends."""
    counts = _counts(context)
    small = [name for name, count in counts.items() if count < PER_CLASS]
    if not small:
        return []
    smallest = min(counts, key=counts.__getitem__)
    return [
        Finding(
            "examples_per_class",
            "advice",
            f"{len(small)} of {len(counts)} classes have fewer than {PER_CLASS} "
            "examples, the minimum recommended by a common rule of thumb. The "
            f"smallest, {smallest!r}, has {counts[smallest]}.",
            numbers={
                "counts": counts,
                "smallest": smallest,
                "num_smallest": counts[smallest],
                "num_below": len(small),
                "wanted": PER_CLASS,
            },
            remedy="Add examples of these classes, or augment them.",
        )
    ]


def class_balance(context: CheckContext) -> list[Finding]:
    """Report if the largest class is much larger than the smallest class."""
    counts = _counts(context)
    if not counts:
        return []
    largest = max(counts, key=counts.__getitem__)
    smallest = min(counts, key=counts.__getitem__)
    ratio = counts[largest] / max(counts[smallest], 1)
    if ratio <= UNEVEN:
        return []
    return [
        Finding(
            "class_balance",
            "warning" if ratio > VERY_UNEVEN else "advice",
            f"The largest class, {largest!r}, has {counts[largest]} examples, "
            f"{ratio:.1f} times as many as the smallest, {smallest!r}.",
            numbers={
                "counts": counts,
                "ratio": ratio,
                "uneven": UNEVEN,
                "very_uneven": VERY_UNEVEN,
            },
            remedy="Use balanced accuracy as the metric, and weight the classes.",
        )
    ]


def small_class(context: CheckContext) -> list[Finding]:
    """Report classes that are too small to occur in every part of a split."""
    counts = _counts(context)
    small = [name for name, count in counts.items() if count < MIN_CLASS_SIZE]
    if not small:
        return []
    return [
        Finding(
            "small_class",
            "warning",
            f"These classes have fewer than {MIN_CLASS_SIZE} examples: "
            f"{join_names(small)}. Some parts of the split contain no examples of "
            "these classes, so predictions for them cannot be evaluated.",
            numbers={"counts": {n: counts[n] for n in small}, "wanted": MIN_CLASS_SIZE},
            remedy="Add examples, or merge these classes with others.",
        )
    ]


def unlearned_class(context: CheckContext) -> list[Finding]:
    """Report classes that occur only outside the training set."""
    dataset, split = context.dataset, context.split
    if split is None or not dataset.task.classes:
        return []
    learned = set(dataset.target[split.train].tolist())
    names = [
        str(name)
        for code, name in enumerate(dataset.task.classes)
        if code not in learned
    ]
    if not names:
        return []
    return [
        Finding(
            "unlearned_class",
            "warning",
            f"train has no examples of {join_names(names)}, so the model cannot learn "
            "to predict them.",
            numbers={"classes": names},
            remedy="If the test data spells the classes differently, use the spelling "
            "of the training data. Otherwise, add examples.",
        )
    ]


def _counts(context: CheckContext) -> dict[str, int]:
    """Return the number of examples of each class, by class name."""
    dataset = context.dataset
    if not dataset.task.classes:
        return {}
    counts = np.bincount(dataset.target, minlength=dataset.task.num_classes)
    return {
        str(name): int(count)
        for name, count in zip(dataset.task.classes, counts, strict=True)
    }
