"""Checks for leakage across a split, through groups of rows or through time."""

import re

import numpy as np

from assay.data.checks._context import CheckContext, without_column
from assay.data.checks._neighbors import MAX_COMPARED_ROWS, Gain, Neighbors
from assay.data.checks._points import sample
from assay.data.columns._column import SOLE_INPUT_KINDS, Column
from assay.records import Finding

__all__ = ["group_across_split", "split_note", "time_order"]

_GROUP_NAME = re.compile(
    r"(?i)(^|[\W_])(patient|subject|participant|person|user|customer|client|donor|"
    r"family|household|group|session|device|site|hospital|student|speaker|batch)"
    r"s?([\W_]?(id|nr|no|number|name|code))?$"
)

_FEWEST_GROUPS = 20
"""A column with fewer distinct values describes rows instead of identifying groups."""

_MOST_COLUMNS = 5
"""Maximum number of columns to examine whose names do not suggest groups.

Each takes a few tenths of a second.
"""

_FIRST_CELLS = 1_000
"""Number of cells to check for fractions before all cells are checked."""

_NEARBY, _MOST_NEARBY = 20, 1 / 20
"""Maximum distance between nearby rows, in rows and as a fraction of all rows.

Rows in the same group are often near each other in the file.
"""

_FEWEST_ROWS = 100
"""With fewer rows, skill estimates are too uncertain to be compared."""

_SORTED = 0.5
"""Maximum mean difference between successive targets in a sorted file, as a fraction
of the mean difference after shuffling."""


def group_across_split(context: CheckContext) -> list[Finding]:
    """Report groups of rows that appear in several parts of the split.

    A group consists of rows with the same value in a column, or of rows near each other
    in the file. Groups matter if rows are predicted better when the other rows of their
    group are available.
    """
    split = context.split
    if split is None or split.by in ("group", "time"):
        return []
    findings = []
    for column in _candidates(context):
        is_named = bool(_GROUP_NAME.search(column.name))
        gain = _gain_of_column(context, column)
        matters = gain is not None and gain.matters
        if is_named or matters:
            severity = "warning" if is_named and matters else "advice"
            findings.append(_group_finding(context, column, severity, gain))
    if any(finding.severity == "warning" for finding in findings):
        return findings
    return findings + _nearby_rows(context)


def _candidates(context: CheckContext) -> list[Column]:
    """Return the columns that may identify groups."""
    most = context.dataset.num_examples / 2
    repeated = [
        column
        for column in context.dataset.columns
        if 2 <= column.num_distinct <= most and column.kind not in SOLE_INPUT_KINDS
    ]
    named = [
        column
        for column in repeated
        if (match := _GROUP_NAME.search(column.name))
        and (match[2].lower() != "group" or column.num_distinct >= _FEWEST_GROUPS)
    ]
    unnamed = [
        column
        for column in repeated
        if column not in named
        and column.num_distinct >= _FEWEST_GROUPS
        and _has_names(context, column)
    ]
    return named + unnamed[:_MOST_COLUMNS]


def _has_names(context: CheckContext, column: Column) -> bool:
    """Return whether a column contains names, codes or whole numbers."""
    if column.kind in ("id", "category", "unusable"):
        return True
    values = context.dataset.frame[column.name]
    if column.kind != "number" or values.null_count():
        return False
    parts = values.head(_FIRST_CELLS), values
    return all((part == part.round()).all() for part in parts)


def _gain_of_column(context: CheckContext, column: Column) -> Gain | None:
    others = without_column(context, column.name)
    rows = context.known_rows
    if not _can_compare(others):
        return None
    labels = context.dataset.frame[column.name].rank("dense").fill_null(0).to_numpy()
    if len(rows) > MAX_COMPARED_ROWS:  # keep groups complete
        mixed = np.random.default_rng(0).permutation(labels.max() + 1)
        rows = rows[np.argsort(mixed[labels[rows]], kind="stable")]
        rows = np.sort(rows[:MAX_COMPARED_ROWS])
    neighbors = Neighbors.of(others, rows)
    return None if neighbors is None else neighbors.gain_of_groups(labels[rows])


def _can_compare(context: CheckContext) -> bool:
    """Return whether there are enough rows and their distances are meaningful."""
    kinds = [column.kind for column in context.features]
    return (
        len(context.known_rows) >= _FEWEST_ROWS and bool(kinds) and "text" not in kinds
    )


def _group_finding(
    context: CheckContext, column: Column, severity: str, gain: Gain | None
) -> Finding:
    split, name = context.split, column.name
    assert split is not None
    values = context.dataset.frame[name]
    known = values[split.train].unique().to_list()
    shared = values[split.test].is_in(known).fill_null(False)  # null is not a group
    share = float(shared.to_numpy().mean())
    measured = "" if gain is None or not gain.matters else f" {_words(gain)}"
    return Finding(
        "group_across_split",
        severity,
        f"{name!r} seems to identify groups of rows, and {share:.0%} of the test rows "
        "belong to a group that is also in train, so the test score does not show how "
        f"well new groups are predicted.{measured}",
        numbers={
            "column": name,
            "num_groups": column.num_distinct,
            "share": share,
            **_numbers(gain),
        },
        remedy=f"split={{'by': 'group', 'column': {name!r}}}, ignore=[{name!r}]",
    )


def _nearby_rows(context: CheckContext) -> list[Finding]:
    """Report rows that are best predicted from rows near them in the file."""
    rows = context.known_rows
    if not _can_compare(context):
        return []
    if len(rows) > MAX_COMPARED_ROWS:  # keep neighboring rows together
        length = 4 * _NEARBY
        stretches = rows[: len(rows) // length * length].reshape(-1, length)
        chosen = np.linspace(0, len(stretches) - 1, MAX_COMPARED_ROWS // length)
        rows = stretches[chosen.astype(np.int64)].ravel()
    width = min(_NEARBY, round(_MOST_NEARBY * len(rows)))
    neighbors = Neighbors.of(context, rows)
    gain = None if neighbors is None else neighbors.gain_of_nearby(rows, width)
    if gain is None or not gain.matters:
        return []
    return [
        Finding(
            "group_across_split",
            "warning",
            f"Rows near each other in the file are similar. {_words(gain)} If these "
            "rows belong together, the test score does not show how well "
            "the model predicts new groups.",
            numbers={"column": None, "nearby_rows": width, **_numbers(gain)},
            remedy="Add a column that identifies the groups, and write "
            "split={'by': 'group', 'column': 'NAME'}, ignore=['NAME'].",
        )
    ]


def time_order(context: CheckContext) -> list[Finding]:
    """Report a split that ignores time if there are dates or time seems to matter.

    The order matters if predictions from earlier rows are worse than predictions from
    the same number of randomly chosen rows. Without dates, the rows are assumed to be
    in chronological order, unless the file is sorted by the target.
    """
    split, dataset = context.split, context.dataset
    if split is None or split.by in ("group", "time"):
        return []
    dates = [column.name for column in dataset.columns if column.kind == "date"]
    gain = _gain_of_later(context, dates[0] if dates else None)
    matters = gain is not None and gain.matters
    if not dates and not matters:
        return []
    return [_time_finding(context, dates, gain if matters else None)]


def _time_finding(
    context: CheckContext, dates: list[str], gain: Gain | None
) -> Finding:
    assert context.split is not None
    if dates:
        message = (
            f"{dates[0]!r} contains dates, but the split ignores them. Training rows "
            "may be later than test rows. If the model will predict the future, the "
            "test score is optimistic."
        )
        remedy = f"split={{'by': 'time', 'column': {dates[0]!r}}}"
    else:
        message = (
            "The inputs and the target are related differently at the beginning and at "
            "the end of the file. If the rows are in chronological order and the model "
            "will predict the future, the test score is optimistic."
        )
        remedy = (
            "Add a column with the times, and write "
            "split={'by': 'time', 'column': 'NAME'}."
        )
    if gain is not None:
        message += (
            " Predictions from similar rows have a skill of "
            f"{gain.skill:.2f}, but only {gain.skill_without:.2f} if later rows are "
            "left out (0 for a constant prediction, 1 for a perfect one)."
        )
    return Finding(
        "time_order",
        "warning" if dates and gain is not None else "advice",
        message,
        numbers={"columns": dates, "by": context.split.by, **_numbers(gain)},
        remedy=remedy,
    )


def _gain_of_later(context: CheckContext, date: str | None) -> Gain | None:
    """Return how much predictions for earlier rows improve if later rows are used."""
    rows = sample(context.known_rows, MAX_COMPARED_ROWS)
    if date is not None:
        times = context.dataset.frame[date][rows]
        rows = rows[times.is_not_null().to_numpy()]
        times = times.drop_nulls().to_physical().to_numpy()
        rows = rows[np.argsort(times, kind="stable")]
        context = without_column(context, date)
    elif _is_sorted_by_target(context, rows):
        return None
    if len(rows) < _FEWEST_ROWS or not _can_compare(context):
        return None
    neighbors = Neighbors.of(context, rows)
    return None if neighbors is None else neighbors.gain_of_later()


def _is_sorted_by_target(context: CheckContext, rows: np.ndarray) -> bool:
    """Return whether neighboring rows in the file have similar targets."""
    target = context.dataset.target[rows].astype(np.float64)
    mixed = np.random.default_rng(0).permutation(target)
    steps, by_chance = (float(abs(np.diff(y)).mean()) for y in (target, mixed))
    return steps < _SORTED * by_chance


def split_note(context: CheckContext) -> list[Finding]:
    """Report how the split differs from the requested split."""
    if context.split is None:
        return []
    return [
        Finding("split_note", "advice", note, numbers={"by": context.split.by})
        for note in context.split.notes
    ]


def _words(gain: Gain) -> str:
    return (
        f"Predictions from similar rows have a skill of {gain.skill:.2f}, but only "
        f"{gain.skill_without:.2f} if related rows are left out (0 for a constant "
        "prediction, 1 for a perfect one)."
    )


def _numbers(gain: Gain | None) -> dict[str, float]:
    return {} if gain is None else gain._asdict()
