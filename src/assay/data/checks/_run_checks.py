"""Runs checks on a data set and returns the findings."""

from collections.abc import Callable, Iterable

from assay._calls import explains_arguments
from assay.data.checks._columns import (
    ambiguous_points,
    constant_column,
    id_column,
    merged_versions,
    missing_values,
    mostly_numbers,
    rewritten_text,
    sole_input,
    stray_text,
    unusable_text,
)
from assay.data.checks._constant_examples import blank_examples
from assay.data.checks._context import (
    CheckContext,
    join_names,
    with_rows_in_memory,
)
from assay.data.checks._duplicates import exact_duplicates
from assay.data.checks._leakage import (
    group_across_split,
    split_note,
    time_order,
)
from assay.data.checks._near_duplicates import near_duplicates
from assay.data.checks._sample_size import (
    class_balance,
    examples_per_class,
    examples_per_parameter,
    examples_per_predictor,
    small_class,
    unlearned_class,
)
from assay.data.checks._target_copy import target_copy
from assay.data.checks.values._dates import compact_dates, other_calendar
from assay.data.checks.values._label_columns import combined_classes, one_hot_target
from assay.data.checks.values._merged_cells import merged_cells
from assay.data.checks.values._part_columns import part_names
from assay.data.checks.values._placeholders import placeholder_date, placeholder_number
from assay.data.checks.values._scales import other_scale
from assay.data.checks.values._spellings import missing_class, spelling_variants
from assay.data.dataset._dataset import Dataset
from assay.data.splits._split import Split
from assay.records import SEVERITIES, Finding

__all__ = ["CHECKS", "look"]

CHECKS: dict[str, Callable[[CheckContext], list[Finding]]] = {
    check.__name__: check
    for check in (
        target_copy,
        one_hot_target,
        exact_duplicates,
        near_duplicates,
        group_across_split,
        time_order,
        split_note,
        part_names,
        missing_class,
        combined_classes,
        small_class,
        unlearned_class,
        class_balance,
        examples_per_class,
        examples_per_predictor,
        examples_per_parameter,
        missing_values,
        merged_cells,
        other_scale,
        placeholder_number,
        placeholder_date,
        other_calendar,
        spelling_variants,
        compact_dates,
        stray_text,
        ambiguous_points,
        merged_versions,
        rewritten_text,
        unusable_text,
        sole_input,
        mostly_numbers,
        blank_examples,
        id_column,
        constant_column,
    )
}
"""The checks, keyed by finding code, in the order in which they run."""

_MOST_ALIKE = 10
"""Maximum number of findings that a single check reports separately."""

_READ_ROWS = (
    *("target_copy", "exact_duplicates", "near_duplicates"),
    *("group_across_split", "time_order", "blank_examples"),
    *("other_scale", "placeholder_number", "placeholder_date"),
    *("spelling_variants", "compact_dates", "other_calendar"),
    *("one_hot_target", "merged_cells"),
)
"""Checks that read the features of rows, or of a sample if rows are streamed."""


@explains_arguments(
    "assay.data.look(assay.data.load('table.csv', target='kind'))", dataset=Dataset
)
def look(
    dataset: Dataset,
    split: Split | None = None,
    num_parameters: int | None = None,
    *,
    checks: Iterable[str] = tuple(CHECKS),
) -> list[Finding]:
    """Return the findings about a data set, most severe first.

    Checks that relate features to the target use only rows outside the test set. For
    streamed data, checks that compare rows use at most LOOKED_ROWS evenly spaced rows.

    Args:
        dataset: the data set to check.
        split: the split of the data set; None skips the checks for leakage between
            the parts.
        num_parameters: number of model parameters, to compare with the number of
            examples.
        checks: codes of the checks to run; all by default.

    Example:
        >>> from assay.data import load
        >>> [finding.code for finding in look(load("wine"), num_parameters=1000)]
        ['examples_per_class', 'examples_per_parameter']
    """
    context = CheckContext(dataset, split, num_parameters)
    codes = list(checks)
    reads_rows = any(code in _READ_ROWS for code in codes)
    in_memory = with_rows_in_memory(context) if reads_rows else context
    findings = [
        finding
        for code in codes
        for finding in _abridged(
            CHECKS[code](in_memory if code in _READ_ROWS else context)
        )
    ]
    return sorted(findings, key=lambda f: -SEVERITIES.index(f.severity))


def _abridged(findings: list[Finding]) -> list[Finding]:
    """Return the first findings of a check, and one that covers the other columns."""
    first, rest = findings[:_MOST_ALIKE], findings[_MOST_ALIKE:]
    names = [f.numbers["column"] for f in rest if "column" in f.numbers]
    if len(names) < max(len(rest), 2):
        return findings
    worst = max(rest, key=lambda finding: SEVERITIES.index(finding.severity))
    message = f"The same applies to {len(names)} more columns: {join_names(names)}."
    numbers = {"columns": names}
    return [*first, Finding(worst.code, worst.severity, message, numbers=numbers)]
