"""The search: propose a group, train it, tell it, until the trials or the time end."""

import math
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from assay import spec
from assay.train import History, Material
from assay.tune._choice import ranked
from assay.tune._study import Storage, Study
from assay.tune._trial import Trial, run_trial

__all__ = ["Candidate", "Search", "search"]


@dataclass(frozen=True)
class Candidate:
    """One kind of net that is tried, with its own search space.

    Args:
        name: such as "linear" or "mlp".
        training: may hold spaces; without any there is one trial.
        num_trials: how many settings are tried.
    """

    name: str
    training: spec.Training
    num_trials: int


@dataclass(frozen=True)
class Search:
    """What the search over one kind of net found.

    Args:
        candidate: the kind of net.
        trials: all of them, in order.
        maximize: whether a higher score on val is better.
        histories: records by trial number, of the trials run in this process.
    """

    candidate: Candidate
    trials: tuple[Trial, ...]
    maximize: bool
    histories: dict[int, History]

    @property
    def best(self) -> Trial:
        """The trial that val chose."""
        return ranked(self.trials, maximize=self.maximize)[0]

    @property
    def training(self) -> spec.Training:
        """The spec of the best, its values put in."""
        return self.candidate.training.with_values(self.best.values)


def search(
    candidate: Candidate,
    *,
    material: Material,
    tune: spec.Tune,
    seed: int,
    first: int = 0,
    storage: Storage | None = None,
    on_trial: Callable[[Trial], None] = lambda trial: None,
) -> Search:
    """Search every hyper-parameter that is a space; val decides.

    Args:
        candidate: the kind of net and its spaces.
        material: train and val; nothing else is ever looked at.
        tune: how settings are proposed, and for how long.
        seed: of proposals and trainings.
        first: number of the first trial.
        storage: where the study is kept; None for memory.
        on_trial: called with each trial as it ends, in order of their numbers.

    Raises:
        RunError: if every trial diverged.
    """
    deadline = time.monotonic() + (tune.time_seconds or math.inf)
    spaces = candidate.training.spaces()
    study = Study(
        candidate.name, spaces, seed=seed, sampler=tune.sampler, storage=storage
    )
    trials, histories = study.trials, {}
    maximize = material.num_classes > 1
    goal = candidate.num_trials if spaces else 1
    stop = threading.Event()
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        while len(trials) < goal and (time.monotonic() < deadline or not trials):
            proposals = study.propose(min(tune.group_size, goal - len(trials)))
            jobs = [
                pool.submit(
                    run_trial,
                    first + len(trials) + place,
                    candidate.training,
                    values,
                    material=material,
                    seed=seed,
                    goes_on=lambda: not stop.is_set() and time.monotonic() < deadline,
                )
                for place, values in enumerate(proposals)
            ]
            group = []
            for job in jobs:
                trial, history = job.result()
                histories[trial.number] = history
                on_trial(trial)
                group.append(trial)
            sign = -1 if maximize else 1
            worth = [sign * t.val_score if t.sound else math.nan for t in group]
            study.tell(group, worth)
            trials = [*trials, *group]
    finally:  # an interrupt reaches the trials under way
        stop.set()
        pool.shutdown(cancel_futures=True)
    ranked(trials, maximize=maximize)  # told here if every one diverged
    return Search(candidate, tuple(trials), maximize, histories)
