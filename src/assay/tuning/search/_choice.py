"""Ranks trials by their val results, preferring simpler networks in case of a tie."""

from collections.abc import Sequence

from assay._errors import RunError, setting
from assay.tuning.search._trial import Trial

__all__ = ["ranked"]


def ranked(trials: Sequence[Trial], *, maximize: bool) -> list[Trial]:
    """Return the eligible trials, sorted from best to worst val score.

    Ties are broken by the number of parameters, then by val cost, number of updates and
    trial number, with lower values first.

    Args:
        trials: non-empty sequence of trials.
        maximize: whether a higher score is better.

    Raises:
        RunError: the cost of every trial became infinite or nan.
    """
    sound = [trial for trial in trials if trial.sound]
    if not sound:
        places = sorted({t.diverged_at for t in trials if t.diverged_at is not None})
        at = f"iteration{'s' if len(places) > 1 else ''}"
        where = f" (at {at} {', '.join(map(str, places))})" if places else ""
        count = sum(trial.state != "pruned" for trial in trials)
        who = f"All {count} trials" if count > 1 else "The only trial"
        lower = setting("optimizer.learning_rate", 0.0001, "adam")
        raise RunError(
            f"{who} diverged{where}: the cost became infinite or nan. Use a lower "
            f"learning rate, such as {lower}."
        )
    sign = -1 if maximize else 1
    return sorted(
        sound,
        key=lambda t: (
            sign * t.val_score,
            t.num_parameters,
            t.val_cost,
            t.iterations,
            t.number,
        ),
    )
