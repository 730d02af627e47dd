"""The search: propose a group, train it, tell it, until trials or time end."""

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from assay import spec
from assay.train import History, Material
from assay.tune._choice import ranked
from assay.tune._halving import SHARES, going_on, rungs
from assay.tune._study import Storage, Study
from assay.tune._trial import Running, Trial

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

    def start(number: int, values: dict[str, Any]) -> Running:
        asked = candidate.training.with_values(values)
        return Running(number, values, material.fit(asked, seed=seed), maximize)

    def goes_on() -> bool:
        return not stop.is_set() and time.monotonic() < deadline

    try:
        while len(trials) < goal and (time.monotonic() < deadline or not trials):
            proposals = study.propose(min(tune.group_size, goal - len(trials)))
            numbers = range(first + len(trials), first + len(trials) + len(proposals))
            running = list(_in_order(pool, start, numbers, proposals))
            if tune.pruner == "halving" and goal > 1:
                judged = [trial.rungs for trial in trials]
                _halve(pool, running, judged, maximize=maximize, goes_on=goes_on)
            finish = partial(_finished, goes_on=goes_on)
            group = []
            for trial, history in _in_order(pool, finish, running):
                histories[trial.number] = history
                on_trial(trial)
                group.append(trial)
            study.tell(group, maximize=maximize)
            trials = [*trials, *group]
    finally:  # an interrupt reaches the trials under way
        stop.set()
        pool.shutdown(cancel_futures=True)
    ranked(trials, maximize=maximize)  # told here if every one diverged
    return Search(candidate, tuple(trials), maximize, histories)


def _in_order(pool: Executor, work: Callable[..., Any], *items: Any) -> Iterator[Any]:
    """Work on items side by side; yield the results in the items' order."""
    for job in [pool.submit(work, *item) for item in zip(*items, strict=True)]:
        yield job.result()


def _halve(
    pool: Executor,
    running: Sequence[Running],
    judged: Sequence[Sequence[float]],
    *,
    maximize: bool,
    goes_on: Callable[[], bool],
) -> None:
    """Train a group up to its last rung; at each, the better part of it goes on."""
    sign = -1 if maximize else 1
    for rung in range(len(SHARES)):
        alive = [trial for trial in running if not trial.pruned]
        until = [rungs(trial.num_epochs)[rung] for trial in alive]
        list(_in_order(pool, partial(Running.advance, goes_on=goes_on), alive, until))
        if not goes_on():  # those that were cut short are not to be compared
            return
        worths = [sign * trial.judge() for trial in alive]
        earlier = [sign * scores[rung] for scores in judged if len(scores) > rung]
        for trial, kept in zip(alive, going_on(worths, earlier), strict=True):
            trial.pruned = not kept and not trial.fit.done


def _finished(
    running: Running, *, goes_on: Callable[[], bool]
) -> tuple[Trial, History]:
    if not running.pruned:
        running.advance(goes_on=goes_on)
    return running.trial(), running.fit.history
