"""Findings about the search."""

from assay._errors import setting
from assay.data import look
from assay.experiment.selection._selection import Selection
from assay.records import Finding

__all__ = [
    "every_trial_diverged",
    "findings_of_search",
    "not_compiled_in_time",
    "too_short",
]


def findings_of_search(selection: Selection) -> list[Finding]:
    """Return findings about the number of examples and about diverged trials.

    Args:
        selection: result of the search.
    """
    size = selection.best.num_parameters
    dataset = selection.prepared.data.dataset
    adequate = look(dataset, num_parameters=size, checks=["examples_per_parameter"])
    return [*adequate, *_diverged(selection)]


def every_trial_diverged(message: str) -> Finding:
    """Return the finding for a search in which all trials diverged.

    Args:
        message: error message, including the remedy.
    """
    problem, _, remedy = message.partition(" Use ")
    return Finding("every_trial_diverged", "error", problem, remedy=f"Use {remedy}")


def not_compiled_in_time(name: str) -> Finding:
    """Return the finding for a kind of network that the time limit excluded.

    Args:
        name: kind of network.
    """
    return Finding(
        "not_compiled_in_time",
        "warning",
        f"The network {name} was not tried, because the time limit was too short to "
        "compile and train it.",
        remedy="Use a longer time limit.",
    )


def too_short(limit: float, needed: float) -> Finding:
    """Return the finding for a time limit that even a single network exceeds.

    Args:
        limit: time limit in seconds.
        needed: estimated duration of the shortest possible run in seconds.
    """
    return Finding(
        "time_limit_too_short",
        "warning",
        f"The time limit of {limit:g} seconds is too short: reading the data, training "
        f"one network briefly and testing it take about {needed:.0f} seconds.",
        numbers={"limit_seconds": limit, "needed_seconds": needed},
        remedy="Use a longer time limit.",
    )


def _diverged(selection: Selection) -> list[Finding]:
    """Return a finding about trials whose cost became NaN or infinite."""
    diverged = [trial for trial in selection.trials if trial.state == "diverged"]
    if not diverged:
        return []
    first = min(diverged, key=lambda trial: trial.diverged_at or 0)
    rates = [trial.values.get("optimizer.learning_rate") for trial in diverged]
    known = [rate for rate in rates if rate is not None]
    remedy = "Restrict the learning-rate space to lower values."
    if known:  # propose a space below the rates of all diverged trials
        low, high = min(known) / 100, min(known) / 2
        kind = selection.training.optimizer.kind
        space = f"log({low:.1g}, {high:.1g})"
        remedy = setting("optimizer.learning_rate", space, kind)
    return [
        Finding(
            "diverged",
            "info",
            f"{len(diverged)} of {len(selection.trials)} trials diverged: the cost "
            f"became NaN or infinite, first at iteration {first.diverged_at}.",
            numbers={
                "num_diverged": len(diverged),
                "num_trials": len(selection.trials),
                "first_iteration": first.diverged_at,
                "learning_rates": known,
            },
            remedy=remedy,
        )
    ]
