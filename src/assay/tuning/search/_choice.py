"""The choice of the best trial on val, with ties broken by simplicity."""

import math
from collections.abc import Sequence

import numpy as np

from assay._errors import RunError
from assay.tuning.search._trial import Trial

__all__ = ["clearly_better", "ranked"]


def ranked(trials: Sequence[Trial], *, maximize: bool) -> list[Trial]:
    """Return the trials that may be selected, sorted from best to worst val score.

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
        where = f" (at iteration {', '.join(map(str, places))})" if places else ""
        count = sum(trial.state != "pruned" for trial in trials)
        who = f"All {count} trials" if count > 1 else "The only trial"
        raise RunError(
            f"{who} diverged{where}: the cost became infinite or nan. Use a lower "
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
    """Return whether the richer network is better by more than one standard error.

    The errors are paired by example. With d = simple - rich, the richer network is
    clearly better if mean(d) > std(d) / sqrt(n). A smaller difference counts as a tie,
    which favors the simpler network. A single row also counts as a tie, because it has
    no standard error.

    Args:
        simple: (n,), errors of the simpler network.
        rich: (n,), errors of the richer network on the same rows.

    Example:
        >>> clearly_better(np.array([1.0, 1.2, 0.9]), np.array([0.2, 0.1, 0.3]))
        True

    References:
        Breiman et al., 1984, "Classification and regression trees", section 3.4.3.
    """
    if not np.isfinite(simple).all() or not np.isfinite(rich).all():
        return bool(np.isfinite(rich).all())  # a diverged network loses
    if len(simple) < 2:
        return False
    difference = np.float64(simple) - np.float64(rich)
    error = difference.std(ddof=1) / math.sqrt(difference.size)
    return bool(difference.mean() > error)
