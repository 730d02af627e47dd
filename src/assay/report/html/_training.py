"""The section on training: costs, and the scores of the trials."""

import math

from assay.report._format import count
from assay.report._run import metric_title
from assay.report.html._elements import Html, element, figure, section
from assay.report.html._records import RunRecords
from assay.report.html.charts._training import cost_chart, trials_chart

__all__ = ["training_section"]


def training_section(records: RunRecords) -> Html:
    """Return the curves of the training; nothing if the records contain none."""
    figures = [*_costs(records), *_trials(records)]
    if not figures:
        return Html("")
    return section(
        "Training", element("div", *figures, class_="columns"), name="training"
    )


def _costs(records: RunRecords) -> list[Html]:
    if records.epochs is None:
        return []
    chart = cost_chart(records.epochs, _best_trial(records))
    words = "After each epoch. The refit has no val part: it trains on train + val."
    return [figure(chart, words)] if chart else []


def _trials(records: RunRecords) -> list[Html]:
    tune = records.summary["tune"]
    if tune is None:
        return []
    scores = _scores(records)
    metric = metric_title(tune["metric"])
    chart = trials_chart(scores, _best_trial(records), metric)
    if chart is None:
        return []
    words = "The best of many scores on the same val rows is optimistic."
    lost = len(records.trials) - len(scores)
    if lost:
        words += f" {count(lost, 'trial')} without a score not shown."
    return [figure(chart, words)]


def _best_trial(records: RunRecords) -> int:
    tune = records.summary["tune"]
    return int((tune or {}).get("best_trial", 0))


def _scores(records: RunRecords) -> list[tuple[int, float]]:
    """Return the number and the val score of each trial that has one."""
    known = [
        (int(trial["trial"]), float(trial["value"]))
        for trial in records.trials
        if isinstance(trial.get("value"), int | float)
    ]
    if records.summary["task"] != "regression":
        return known
    # The events contain mean squares of standardized targets. The summary contains the
    # best of them as RMSE in the target's own unit, which gives the others their scale.
    best = dict(known).get(_best_trial(records), 0.0)
    best_rmse = (records.summary["tune"] or {}).get("best_val")
    if not best or best_rmse is None:
        return []
    return [
        (number, best_rmse * math.sqrt(value / best))
        for number, value in known
        if value >= 0
    ]
