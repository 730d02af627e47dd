"""The search: propose a group, train it, report it, until trials or time run out."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from assay import spec
from assay.training import Checkpoints, History, TrainingData
from assay.tuning.search._choice import ranked
from assay.tuning.search._clock import Clock
from assay.tuning.search._groups import Candidate, Groups
from assay.tuning.search._storage import Storage
from assay.tuning.search._study import Study
from assay.tuning.search._trial import Trial

__all__ = ["Search", "search"]

Ended = tuple[Trial | None, History]


@dataclass(frozen=True)
class Search:
    """The result of a search over one kind of net.

    Args:
        candidate: the kind of net.
        trials: all of them, in order.
        maximize: whether a higher score on val is better.
        histories: records by trial number, of the trials run in this process or kept
            with the checkpoints.
    """

    candidate: Candidate
    trials: tuple[Trial, ...]
    maximize: bool
    histories: dict[int, History]

    @property
    def best(self) -> Trial:
        """The trial with the best score on val."""
        return ranked(self.trials, maximize=self.maximize)[0]

    @property
    def training(self) -> spec.Training:
        """The spec of the best trial, with its values."""
        return self.candidate.training.with_values(self.best.values)


def search(
    candidate: Candidate,
    *,
    training_data: TrainingData,
    tune: spec.Tune,
    seed: int,
    first: int = 0,
    storage: Storage | None = None,
    on_trial: Callable[[Trial], None] = lambda trial: None,
    clock: Clock | None = None,
    checkpoints: Checkpoints | None = None,
) -> Search:
    """Search every hyperparameter that is a space; val decides.

    Processes with a common storage share the trials among them.

    Args:
        candidate: the kind of net and its spaces.
        training_data: train and val; no other data are looked at.
        tune: how settings are proposed.
        seed: of proposals and trainings.
        first: number of the first trial.
        storage: where the study is kept; None for memory.
        on_trial: called with each trial as it ends, in order of their numbers.
        clock: when to end; by default after the time limit of `tune`.
        checkpoints: keeps trials under way, and histories of ended ones, for a search
            with the same storage; None keeps nothing.

    Raises:
        RunError: every trial diverged.
    """
    clock = clock or Clock(time.monotonic() + (tune.time_seconds or math.inf))
    spaces = candidate.training.spaces()
    study = Study(
        candidate.name,
        spaces,
        seed=seed,
        sampler=tune.sampler,
        first=first,
        storage=storage,
    )
    checkpoints = checkpoints or Checkpoints()
    groups = Groups(
        candidate,
        training_data,
        tune,
        seed=seed,
        clock=clock,
        checkpoints=checkpoints,
    )
    goal = candidate.num_trials if spaces else 1
    histories = checkpoints.histories()
    try:
        with checkpoints.stopping():
            while clock.has_time() or not study.trials:
                proposals = study.propose(tune.group_size, goal)
                if not proposals and not study.others_are_busy():
                    break
                group = list(_ended(groups.train(proposals, study.trials), on_trial))
                new = {t.number: history for t, history in group if t is not None}
                checkpoints.save_histories(new)
                study.report([trial for trial, _ in group], maximize=groups.maximize)
                groups.remove_checkpoints()
                histories |= new
                clock.update(study.trials)
    finally:  # an interrupt reaches the trials under way
        groups.close()
    trials = study.trials
    ranked(trials, maximize=groups.maximize)  # raises here if every one diverged
    kept = {t.number: histories[t.number] for t in trials if t.number in histories}
    return Search(candidate, tuple(trials), groups.maximize, kept)


def _ended(
    group: Iterable[Ended], on_trial: Callable[[Trial], None]
) -> Iterator[Ended]:
    """Yield the trials of a group as they end, None for one without any epoch."""
    for trial, history in group:
        if trial is not None:
            on_trial(trial)
        yield trial, history
