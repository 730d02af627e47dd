"""The section on training, with costs and the scores of the trials."""

import math

from assay.report._format import count
from assay.report._run import metric_title
from assay.report.html._elements import Html, element, figure, section
from assay.report.html._records import RunRecords
from assay.report.html.charts._training import cost_chart, trials_chart

__all__ = ["training_section"]


def training_section(records: RunRecords) -> Html:
    """Return the section on training; empty if the records contain no curves."""
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
    words = "Costs by epoch. The refit trains on train + val, so it has no val cost."
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
        words += f" Omitted: {count(lost, 'trial')} without a score."
    return [figure(chart, words)]


def _best_trial(records: RunRecords) -> int:
    tune = records.summary["tune"]
    return int((tune or {}).get("best_trial", 0))


def _scores(records: RunRecords) -> list[tuple[int, float]]:
    """Return (trial number, val score) for each trial that has a score."""
    known = [
        (int(trial["trial"]), float(trial["value"]))
        for trial in records.trials
        if isinstance(trial.get("value"), int | float)
    ]
    if records.summary["task"] != "regression":
        return known
    # The events contain mean squared errors on standardized targets. The summary
    # contains the best score as RMSE in the target's own unit, so their ratio converts
    # the other scores.
    best = dict(known).get(_best_trial(records), 0.0)
    best_rmse = (records.summary["tune"] or {}).get("best_val")
    if not best or best_rmse is None:
        return []
    return [
        (number, best_rmse * math.sqrt(value / best))
        for number, value in known
        if value >= 0
    ]
