"""Formats the trials of a search, starting with the best one."""

import math
from collections.abc import Mapping
from typing import Any

from assay.report._format import count, page, setting

__all__ = ["tuning_text"]

_MOST_TRIALS = 10


def tuning_text(search: Mapping[str, Any]) -> str:
    """Return a table of the best settings in a search. Lines are not wrapped.

    Args:
        search: plain data with the keys "data" (with "name"), "split" (number of rows
            in each part), "trials", "best_trial" (trial number), "higher_is_better" and
            "notes".
    """
    trials, split = search["trials"], search["split"]
    shown = _from_the_best_down(search)
    more = len(shown) - _MOST_TRIALS
    numbers = f"{'trial':>7}{'val score':>12}{'val cost':>12}{'epochs':>8}"
    return page(
        [
            f"{search['data']['name']}: {count(len(trials), 'trial')} on "
            f"{split['train']:,} train and {split['val']:,} val examples; "
            f"{split['test']:,} test examples stay sealed",
            f"{numbers}  {'state':<10}values",
            *(_row(trial, search["best_trial"]) for trial in shown[:_MOST_TRIALS]),
            *([f"  and {more} more"] if more > 0 else []),
            *search["notes"],
        ]
    )


def _from_the_best_down(search: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the trials with a score: the selected trial, then the rest by score."""
    sound = [t for t in search["trials"] if math.isfinite(t["val_score"])]
    sign = -1 if search["higher_is_better"] else 1
    best = search["best_trial"]
    return sorted(sound, key=lambda t: (t["number"] != best, sign * t["val_score"]))


def _row(trial: Mapping[str, Any], best: int) -> str:
    mark = "*" if trial["number"] == best else " "
    values = [f"{name} {setting(value)}" for name, value in trial["values"].items()]
    return (
        f"{mark} {trial['number']:>5}{trial['val_score']:>12.4g}"
        f"{trial['val_cost']:>12.4g}{trial['epochs']:>8}"
        f"  {trial['state']:<10}{', '.join(values)}"
    )
