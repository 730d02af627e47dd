"""What the search itself showed, as findings."""

from assay import data
from assay.experiment.selection._selection import Selection
from assay.records import Finding

__all__ = ["findings_of_search", "nothing_sound"]


def findings_of_search(search: Selection, dataset: data.Dataset) -> list[Finding]:
    """Return whether the examples suffice for the chosen net, and what diverged."""
    size = search.best.num_parameters
    adequate = data.look(
        dataset, num_parameters=size, checks=["examples_per_parameter"]
    )
    return [*adequate, *_diverged(search)]


def nothing_sound(message: str) -> Finding:
    """Return the finding for a search in which every trial diverged."""
    said, _, remedy = message.partition(" Write ")
    return Finding("every_trial_diverged", "error", said, remedy=f"Write {remedy}")


def _diverged(search: Selection) -> list[Finding]:
    """Return a finding for trials whose cost was no longer a finite number."""
    diverged = [trial for trial in search.trials if trial.state == "diverged"]
    if not diverged:
        return []
    first = min(diverged, key=lambda trial: trial.diverged_at or 0)
    rates = [trial.values.get("optimizer.learning_rate") for trial in diverged]
    known = [rate for rate in rates if rate is not None]
    remedy = "Narrow the space of the learning rate to lower values."
    if known:
        remedy = f'optimizer.learning_rate = "log({min(known) / 100:.1g}, '
        remedy += f'{min(known) / 2:.1g})"'
    return [
        Finding(
            "diverged",
            "info",
            f"{len(diverged)} of {len(search.trials)} trials diverged: their cost was "
            f"no longer a finite number, first at iteration {first.diverged_at}.",
            numbers={
                "num_diverged": len(diverged),
                "num_trials": len(search.trials),
                "first_iteration": first.diverged_at,
                "learning_rates": known,
            },
            remedy=remedy,
        )
    ]
