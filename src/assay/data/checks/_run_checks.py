"""Looks at a data set and says what is worth knowing before training on it."""

from collections.abc import Callable, Iterable

from assay.data.checks._columns import (
    constant_column,
    id_column,
    missing_values,
    stray_text,
    unusable_text,
)
from assay.data.checks._constant_examples import blank_examples
from assay.data.checks._context import View, sampled
from assay.data.checks._duplicates import exact_duplicates
from assay.data.checks._leakage import (
    group_across_split,
    split_note,
    target_copy,
    time_order,
)
from assay.data.checks._near_duplicates import near_duplicates
from assay.data.checks._sample_size import (
    class_balance,
    examples_per_class,
    examples_per_parameter,
    examples_per_predictor,
    small_class,
)
from assay.data.dataset._dataset import Dataset
from assay.data.splits._split import Split
from assay.records import SEVERITIES, Finding

__all__ = ["CHECKS", "look"]

CHECKS: dict[str, Callable[[View], list[Finding]]] = {
    check.__name__: check
    for check in (
        target_copy,
        exact_duplicates,
        near_duplicates,
        group_across_split,
        time_order,
        split_note,
        small_class,
        class_balance,
        examples_per_class,
        examples_per_predictor,
        examples_per_parameter,
        missing_values,
        stray_text,
        unusable_text,
        blank_examples,
        id_column,
        constant_column,
    )
}
"""The checks by the code of their findings."""

_OF_ROWS = (
    *("target_copy", "exact_duplicates", "near_duplicates"),
    *("group_across_split", "blank_examples"),
)


def look(
    dataset: Dataset,
    split: Split | None = None,
    num_parameters: int | None = None,
    *,
    checks: Iterable[str] = tuple(CHECKS),
) -> list[Finding]:
    """Return what is worth knowing about a data set, the gravest first.

    How features and targets go together is looked at outside the sealed test part only.
    Of streamed rows the checks that compare rows look at LOOKED_ROWS, evenly spread.

    Args:
        dataset: what to look at.
        split: its split; leaks across it are looked for where it is given.
        num_parameters: of the model, to compare with the number of examples.
        checks: codes of the checks to make; all by default.

    Example:
        >>> from assay.data import load
        >>> [finding.code for finding in look(load("wine"), num_parameters=1000)]
        ['examples_per_class', 'examples_per_parameter', 'class_balance']
    """
    view = View(dataset, split, num_parameters)
    codes = list(checks)
    few = sampled(view) if set(codes) & {*_OF_ROWS} else view
    found = [
        finding
        for code in codes
        for finding in CHECKS[code](few if code in _OF_ROWS else view)
    ]
    return sorted(found, key=lambda f: -SEVERITIES.index(f.severity))
