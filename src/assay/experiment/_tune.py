"""A search by itself: what val says of every setting; the test part stays sealed."""

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay import spec
from assay.experiment._experiment import Experiment, asked_for
from assay.experiment._observer import Observer
from assay.experiment._protocol import begin
from assay.experiment.selection._selection import Selection, SelectionData, choose
from assay.tuning import Trial, open_storage

__all__ = ["Tuning", "tune"]

_SHOWN = 10


@dataclass(frozen=True, repr=False)
class Tuning:
    """What a search found; prints its best settings.

    Args:
        ground: the data it went on, split and prepared.
        chosen: all trials, and the one that was taken.
    """

    ground: SelectionData
    chosen: Selection

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Every setting that was tried, in order."""
        return self.chosen.trials

    @property
    def best(self) -> Trial:
        """The trial that was taken."""
        return self.chosen.best

    @property
    def training(self) -> spec.Training:
        """How the best was trained, its values put in."""
        return self.chosen.training

    @property
    def experiment(self) -> Experiment:
        """The experiment with the best setting in place of its spaces, to be run."""
        fields = dict(self.ground.resolved)
        for name in spec.Training.model_fields:
            fields[name] = getattr(self.training, name)
        return Experiment(**(fields | {"tune": spec.Tune(num_trials=1)}))

    def __repr__(self) -> str:
        dataset, best = self.ground.dataset, self.best.number
        sound = [trial for trial in self.trials if math.isfinite(trial.val_score)]
        sign = -1 if dataset.task.num_classes > 1 else 1
        shown = sorted(sound, key=lambda t: (t.number != best, sign * t.val_score))
        rows = [
            f"{'*' if trial.number == best else ' '} {trial.number:>5}"
            f"{trial.val_score:>12.4g}{trial.val_cost:>12.4g}{trial.epochs:>8}"
            f"  {trial.state:<10}{_values(trial)}"
            for trial in shown[:_SHOWN]
        ]
        head = f"{'trial':>7}{'val score':>12}{'val cost':>12}{'epochs':>8}  "
        split = self.ground.split
        lines = [
            f"{dataset.name}: {len(self.trials)} trials on {len(split.train):,} train "
            f"and {len(split.val):,} val examples; {len(split.test):,} stay sealed",
            f"{head}{'state':<10}values",
            *rows,
            *([f"  and {len(shown) - _SHOWN} more"] if len(shown) > _SHOWN else []),
            *self.chosen.notes,
        ]
        return "\n".join(lines)


def _values(trial: Trial) -> str:
    parts = (
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in trial.values.items()
    )
    return ", ".join(parts)


def tune(
    data: Any,
    *,
    target: str | None = None,
    trials: int | None = None,
    time_seconds: float | None = None,
    study: str | Path | None = None,
    observer: Observer | None = None,
    **asked: Any,
) -> Tuning:
    """Search the hyper-parameters on val, and stop there: the test part stays sealed.

    Args:
        data: a file, the name of a built-in set, a frame, or (X, y) arrays.
        target: the column to predict.
        trials: how many settings are tried.
        time_seconds: how long that may take.
        study: a SQLite file that keeps the trials; a search goes on where one with the
            same file stopped, and several processes that are given it share the work.
            None keeps nothing.
        observer: is told how it goes on.
        **asked: any other field of `Experiment`, such as seed=3.

    Raises:
        InputError: the data or the spec is wrong; all faults at once.
        RunError: every trial diverged.

    Example:
        >>> found = tune("iris", trials=2, model="linear", num_epochs=5)
        >>> len(found.trials), found.experiment.spaces()
        (2, {})
    """
    told, began = observer or Observer(), time.monotonic()
    how = {"trials": trials, "time_seconds": time_seconds}
    wanted = asked_for(data, target, asked, **how)
    ground, nets = begin(wanted, None)
    total = sum(net.num_trials for net in nets)
    storage = None if study is None else open_storage(study)

    def on_trial(trial: Trial) -> None:
        told.progress(trial.number + 1, total, f"cost {trial.val_cost:.4g}")

    how = {"began": began, "ends_here": True}
    chosen = choose(nets, ground, storage=storage, on_trial=on_trial, **how)
    return Tuning(ground, chosen)
