"""A check for numbers whose scale is different in a separate test set."""

import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.preparation.encoders._impute_and_scale import Scale, to_floats
from assay.data.preparation.new_rows._other_scales import sizes_if_other
from assay.records import Finding

__all__ = ["other_scale"]


def other_scale(context: CheckContext) -> list[Finding]:
    """Report columns whose scale is different in a separate test set."""
    dataset, split = context.dataset, context.split
    if split is None or split.by != "given":
        return []
    columns = [dataset.frame[c.name] for c in context.features_of_kind("number")]
    if dataset.task.kind == "regression":
        columns.append(pl.Series(dataset.task.target, dataset.target))
    findings = []
    for column in columns:
        numbers = to_floats(column)
        scale = Scale.fit(numbers[context.known_rows])
        if sizes := sizes_if_other(numbers[split.test], scale):
            findings.append(
                Finding(
                    "other_scale",
                    "warning",
                    f"{column.name!r} is usually about {sizes[0]}, but about "
                    f"{sizes[1]} in the test set.",
                    numbers={"column": column.name},
                    remedy="Check its unit and its decimal and thousands separators.",
                )
            )
    return findings
