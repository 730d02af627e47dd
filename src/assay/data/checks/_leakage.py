"""Checks for leakage across a split, through groups of rows or through time."""

import re

from assay.data.checks._context import CheckContext
from assay.records import Finding

__all__ = ["group_across_split", "split_note", "time_order"]

_GROUP_NAME = re.compile(
    r"(?i)(^|[\W_])(patient|subject|participant|person|user|customer|client|donor|"
    r"family|household|group|session|device|site|hospital|student|speaker|batch)"
    r"s?([\W_]?(id|nr|no|number|name|code))?$"
)


def group_across_split(context: CheckContext) -> list[Finding]:
    """Report groups of rows that may appear in several parts of the split."""
    split, dataset = context.split, context.dataset
    if split is None or split.by in ("group", "time"):
        return []
    findings = []
    for column in dataset.columns:
        repeats = 2 <= column.num_distinct <= dataset.num_examples / 2
        if not repeats or not _GROUP_NAME.search(column.name):
            continue
        values = dataset.frame[column.name]
        known = values[split.train].unique().to_list()
        share = float(values[split.test].is_in(known).to_numpy().mean())
        findings.append(
            Finding(
                "group_across_split",
                "advice",
                f"{column.name!r} seems to identify groups of rows, and {share:.0%} of "
                "the test rows belong to a group that is also in train, so the test "
                "says nothing about new groups.",
                numbers={
                    "column": column.name,
                    "num_groups": column.num_distinct,
                    "share": share,
                },
                remedy=f"by='group', column={column.name!r}, ignore=[{column.name!r}]",
            )
        )
    return findings


def time_order(context: CheckContext) -> list[Finding]:
    """Report a split that ignores time although the rows have dates."""
    split = context.split
    dates = [c.name for c in context.dataset.columns if c.kind == "date"]
    if split is None or split.by in ("group", "time") or not dates:
        return []
    return [
        Finding(
            "time_order",
            "advice",
            f"{dates[0]!r} contains dates, but the split ignores them. Training rows "
            "may be later than test rows. If the model will predict the future, the "
            "test score is optimistic.",
            numbers={"columns": dates, "by": split.by},
            remedy=f"by='time', column={dates[0]!r}",
        )
    ]


def split_note(context: CheckContext) -> list[Finding]:
    """Report how the split differs from the requested split."""
    if context.split is None:
        return []
    return [
        Finding("split_note", "advice", note, numbers={"by": context.split.by})
        for note in context.split.notes
    ]
