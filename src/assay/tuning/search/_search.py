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
from assay.training import History, TrainingData
from assay.tuning.search._choice import ranked
from assay.tuning.search._halving import SHARES, going_on, rungs
from assay.tuning.search._study import Storage, Study
from assay.tuning.search._train_trials import Advancing
from assay.tuning.search._trial import Running, Trial

__all__ = ["Candidate", "Clock", "Search", "search"]

_WORTH_HALVING = 1e9  # examples seen x parameters: about a tenth of a second


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


class Clock:
    """The time a search may take; its end moves with what has to follow.

    Args:
        ends: on the monotonic clock; infinite for no limit.
        reserve: seconds to leave for what follows, given those of the trials so far;
            before the first has ended, given for how long it has been trained.
    """

    def __init__(
        self,
        ends: float = math.inf,
        reserve: Callable[[Sequence[float]], float] = lambda seconds: 0.0,
    ) -> None:
        self._ends = ends
        self._reserve = reserve
        self._stopped = threading.Event()
        self._began: float | None = None
        self._kept_back: float | None = None

    def begin(self) -> None:
        """Note that a trial is trained from now on; what was compiled is behind."""
        self._began = self._began or time.monotonic()

    def look(self, trials: Sequence[Trial]) -> None:
        """Reckon anew what has to be left."""
        if trials:
            self._kept_back = self._reserve([t.duration_seconds for t in trials])

    def stop(self) -> None:
        """End it now."""
        self._stopped.set()

    def goes_on(self) -> bool:
        """Whether there is time left."""
        now, kept_back = time.monotonic(), self._kept_back
        if kept_back is None:
            kept_back = self._reserve([now - (self._began or now)])
        return not self._stopped.is_set() and now + kept_back < self._ends


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
) -> Search:
    """Search every hyper-parameter that is a space; val decides.

    Processes that are given one storage share the trials among them.

    Args:
        candidate: the kind of net and its spaces.
        material: train and val; nothing else is ever looked at.
        tune: how settings are proposed.
        seed: of proposals and trainings.
        first: number of the first trial.
        storage: where the study is kept; None for memory.
        on_trial: called with each trial as it ends, in order of their numbers.
        clock: when to end; by default the time that `tune` grants.

    Raises:
        RunError: if every trial diverged.
    """
    clock = clock or Clock(time.monotonic() + (tune.time_seconds or math.inf))
    spaces = candidate.training.spaces()
    how = {"seed": seed, "sampler": tune.sampler, "first": first, "storage": storage}
    study = Study(candidate.name, spaces, **how)
    histories: dict[int, History] = {}
    maximize = training_data.num_classes > 1
    goal = candidate.num_trials if spaces else 1
    pool = ThreadPoolExecutor(os.cpu_count())
    advancing = Advancing(
        pool, tune.together, size=tune.group_size, goes_on=clock.goes_on
    )

    def start(proposal: tuple[int, dict[str, Any]]) -> Running:
        number, values = proposal
        fit = training_data.fit(candidate.training.with_values(values), seed=seed)
        fit.compile()
        return Running(number, values, fit, maximize)

    def train(running: list[Running]) -> Iterator[tuple[Trial | None, History]]:
        clock.begin()
        if running and goal > 1 and _halves(tune, running[0]):
            judged = [trial.rungs for trial in study.trials]
            _halve(advancing, running, judged, maximize=maximize, clock=clock)
        if advancing.stacks:
            kept = [trial for trial in running if not trial.pruned]
            advancing.run(kept, [None] * len(kept))
        must = running[0] if running and not study.trials else None
        return _in_order(pool, partial(_finished, clock=clock, must=must), running)

    try:
        while clock.goes_on() or not study.trials:
            proposals = study.propose(tune.group_size, goal)
            if not proposals and not study.others_are_busy():
                break
            group = []
            for trial, history in train(list(_in_order(pool, start, proposals))):
                group.append(trial)
                if trial is not None:
                    histories[trial.number] = history
                    on_trial(trial)
            study.tell(group, maximize=maximize)
            clock.look(study.trials)
    finally:  # an interrupt reaches the trials under way
        clock.stop()
        pool.shutdown(cancel_futures=True)
    trials = study.trials
    ranked(trials, maximize=maximize)  # told here if every one diverged
    return Search(candidate, tuple(trials), maximize, histories)


def _halves(tune: spec.Tune, trial: Running) -> bool:
    """Whether to end trials early: short ones are not worth a wrong end."""
    if tune.pruner != "auto":
        return tune.pruner == "halving"
    updates = trial.fit.num_iterations * trial.fit.program.batch_size
    return updates * trial.fit.program.network.num_parameters >= _WORTH_HALVING


def _in_order(pool: Executor, work: Callable[..., Any], *items: Any) -> Iterator[Any]:
    """Work on items side by side; yield the results in the items' order."""
    for job in [pool.submit(work, *item) for item in zip(*items, strict=True)]:
        yield job.result()


def _halve(
    advancing: Advancing,
    running: Sequence[Running],
    judged: Sequence[Sequence[float]],
    *,
    maximize: bool,
    clock: Clock,
) -> None:
    """Train a group up to its last rung; at each, the better part of it goes on."""
    sign = -1 if maximize else 1
    for rung in range(len(SHARES)):
        alive = [trial for trial in running if not trial.pruned]
        advancing.run(alive, [rungs(trial.num_epochs)[rung] for trial in alive])
        if not clock.goes_on():  # those that were cut short are not to be compared
            return
        worths = [sign * trial.judge() for trial in alive]
        earlier = [sign * scores[rung] for scores in judged if len(scores) > rung]
        for trial, kept in zip(alive, going_on(worths, earlier), strict=True):
            trial.pruned = not kept and not trial.fit.done


def _finished(
    running: Running, *, clock: Clock, must: Running | None
) -> tuple[Trial | None, History]:
    """Train to the end; a trial that time left no epoch for is none, save one."""
    if not running.pruned:
        running.advance(goes_on=clock.goes_on)
    if running is must and not running.fit.epoch:
        running.advance(1)
    trial = running.trial() if running.fit.epoch else None
    return trial, running.fit.history
