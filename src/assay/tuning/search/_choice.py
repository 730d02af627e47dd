"""The choice of the best trial on val; ties go to the simpler network."""

import math
from collections.abc import Sequence

import numpy as np

from assay._errors import RunError
from assay.tuning.search._trial import Trial

__all__ = ["clearly_better", "ranked"]


def ranked(trials: Sequence[Trial], *, maximize: bool) -> list[Trial]:
    """Return the trials that may be selected, sorted from best to worst val score.

    Ties are resolved in favor of fewer parameters, then lower val cost, then fewer
    updates, then the earlier trial.

    Args:
        trials: at least one.
        maximize: whether a higher score is better.

    Raises:
        RunError: the cost of every trial became infinite or nan.
    """
    sound = [trial for trial in trials if trial.sound]
    if not sound:
        places = sorted({t.diverged_at for t in trials if t.diverged_at is not None})
        where = f" (at iteration {', '.join(map(str, places))})" if places else ""
        count = sum(trial.state != "pruned" for trial in trials)
        who = f"All {count} trials" if count > 1 else "The only trial"
        raise RunError(
            f"{who} diverged{where}: the cost became infinite or nan. Write a lower "
            "learning rate, such as optimizer.learning_rate = 0.0001."
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


def clearly_better(simple: np.ndarray, rich: np.ndarray) -> bool:
    """Return whether a richer network beats a simpler one by over one standard error.

    With d = simple - rich, paired by example: mean(d) > std(d) / sqrt(n). A smaller
    difference counts as a tie, which goes to the simpler network. So does a single row,
    because it has no standard error.

    Args:
        simple: (n,), errors of the simpler network on some rows.
        rich: (n,), errors of the richer network on the same rows.

    Example:
        >>> clearly_better(np.array([1.0, 1.2, 0.9]), np.array([0.2, 0.1, 0.3]))
        True

    References:
        Breiman et al., 1984, "Classification and regression trees", section 3.4.3.
    """
    if not np.isfinite(simple).all() or not np.isfinite(rich).all():
        return bool(np.isfinite(rich).all())  # a network that diverged loses
    if len(simple) < 2:
        return False
    difference = np.float64(simple) - np.float64(rich)
    error = difference.std(ddof=1) / math.sqrt(difference.size)
    return bool(difference.mean() > error)
