"""Runs trials until the maximum number of trials or the time limit is reached."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay import spec
from assay.training import Checkpoints, Fitted, History, TrainingData
from assay.tuning.search._choice import ranked
from assay.tuning.search._clock import Clock
from assay.tuning.search._groups import Candidate, Groups
from assay.tuning.search._study import Study
from assay.tuning.search._trial import Trial
from assay.tuning.search.storage._server import close_storage, told_if_lost
from assay.tuning.search.storage._storage import Storage

__all__ = ["Search", "search"]

Ended = tuple[Trial | None, History]


@dataclass(frozen=True)
class Search:
    """The result of a search for one kind of network.

    Args:
        candidate: kind of network.
        trials: all trials, sorted by trial number.
        maximize: whether a higher val score is better.
        histories: histories of the trials that were run in this process or saved with
            the checkpoints, keyed by trial number.
        fitted: parameters of the best trial; None if it must be trained again.
    """

    candidate: Candidate
    trials: tuple[Trial, ...]
    maximize: bool
    histories: dict[int, History]
    fitted: Fitted | None = None

    @property
    def best(self) -> Trial:
        """The trial with the best val score."""
        return ranked(self.trials, maximize=self.maximize)[0]

    @property
    def training(self) -> spec.Training:
        """The training spec with the values of the best trial."""
        return self.candidate.training.with_values(self.best.values)


def search(
    candidate: Candidate,
    *,
    training_data: TrainingData,
    tune: spec.Tune,
    seed: int,
    first: int = 0,
    storage: Storage | None = None,
    study_name: str | None = None,
    on_trial: Callable[[Trial], None] = lambda trial: None,
    clock: Clock | None = None,
    checkpoints: Checkpoints | None = None,
) -> Search:
    """Search all hyperparameter spaces, comparing trials on val.

    Processes that use the same storage divide the trials among themselves.

    Args:
        candidate: kind of network and its search spaces.
        training_data: prepared training and validation sets.
        tune: settings of the search.
        seed: seed for proposals and fits.
        first: number of the first trial.
        storage: storage for the study; None to keep the study in memory.
        study_name: name of the study in the storage; by default, the name of the
            candidate.
        on_trial: function called with each finished trial, in order of trial number.
        clock: time limit; by default, the limit in `tune`.
        checkpoints: folder in which running trials and histories are saved, so that a
            later search with the same storage can continue; None to disable saving.

    Raises:
        RunError: every trial diverged.
    """
    clock = clock or Clock(time.monotonic() + (tune.time_seconds or math.inf))
    spaces = candidate.training.spaces()
    study = Study(
        study_name or candidate.name,
        spaces,
        seed=seed,
        sampler=tune.sampler,
        first=first,
        settings=candidate.settings,
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
    try:
        with checkpoints.stopping(), told_if_lost(storage):
            histories, fitted = _train_groups(
                study,
                groups,
                checkpoints,
                group_size=tune.group_size,
                goal=goal,
                clock=clock,
                on_trial=on_trial,
            )
    finally:  # an interrupt must also stop the running trials
        groups.close()
        close_storage(storage)
    trials = study.trials
    best = ranked(trials, maximize=groups.maximize)[0].number  # may raise a RunError
    kept = {t.number: histories[t.number] for t in trials if t.number in histories}
    return Search(candidate, tuple(trials), groups.maximize, kept, fitted.get(best))


def _train_groups(
    study: Study,
    groups: Groups,
    checkpoints: Checkpoints,
    *,
    group_size: int,
    goal: int,
    clock: Clock,
    on_trial: Callable[[Trial], None],
) -> tuple[dict[int, History], dict[int, Fitted | None]]:
    """Run groups of trials until the goal or the time limit is reached.

    Returns:
        The histories, keyed by trial number, and the parameters of the best trial,
        keyed by its number, if it was run in this process.
    """
    histories, fitted = checkpoints.histories(), dict[int, Fitted | None]()
    while clock.has_time() or not study.trials:
        proposals = study.propose(group_size, goal)
        if not proposals and not study.others_are_busy():
            break
        with study.running():
            trained = groups.train(proposals, study.trials)
            group = list(_ended(trained, on_trial))
        new = {t.number: history for t, history in group if t is not None}
        checkpoints.save_histories(new)
        study.report([trial for trial, _ in group], maximize=groups.maximize)
        best = _best(study.trials, maximize=groups.maximize)
        if best in new:
            fitted = {best: groups.fitted(best)}
        groups.remove_checkpoints()
        histories |= new
        clock.update(study.trials, maximize=groups.maximize)
    return histories, fitted


def _best(trials: Sequence[Trial], *, maximize: bool) -> int | None:
    """Return the number of the best trial so far, or None if all of them diverged."""
    if not any(trial.sound for trial in trials):
        return None
    return ranked(trials, maximize=maximize)[0].number


def _ended(
    group: Iterable[Ended], on_trial: Callable[[Trial], None]
) -> Iterator[Ended]:
    """Yield a group's trials as they end, or None for trials without a full epoch."""
    for trial, history in group:
        if trial is not None:
            on_trial(trial)
        yield trial, history
