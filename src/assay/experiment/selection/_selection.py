"""Kinds of net are tuned one after the other; a tie goes to the simplest."""

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from os import cpu_count

import numpy as np

from assay import spec
from assay.data import Dataset, Split
from assay.experiment.prepare._prepare import NUM_FOLDS, Prepared, fold_splits, prepare
from assay.experiment.transfer._warm_start import Start
from assay.training import History
from assay.tuning import (
    Candidate,
    Clock,
    RangeTest,
    Search,
    Storage,
    Trial,
    clearly_better,
    ranked,
    search,
)

__all__ = ["Selection", "SelectionData", "choose"]

_MORE_ROWS = 1.2  # that a refit has, of a trial's
_TEST_SECONDS = 0.5
_BASELINE_SECONDS = 2e-6  # for each number of the data, as measured on two cores
_LENIENT = 1.2  # beyond the time that is left, folds are left out

ENOUGH_VAL = 1000
"""Val rows that tell two kinds of net apart: one point of accuracy is over 2 errors."""

NUM_FINALISTS = 2


@dataclass(frozen=True, eq=False)
class SelectionData:
    """What the kinds of net are compared on; the test part is no part of it."""

    dataset: Dataset
    split: Split
    tuning: Prepared
    resolved: spec.Experiment
    start: Start | None = None
    range_tests: dict[str, RangeTest] = field(default_factory=dict)

    @property
    def few(self) -> bool:
        """Whether val is too small to choose by, and folds are a fair help."""
        by_rows = self.split.by in ("class", "random", "given")
        return by_rows and len(self.split.val) < ENOUGH_VAL

    @cached_property
    def folds(self) -> list[Prepared]:
        """Train + val prepared once for each fold that is held out."""
        seed = self.resolved.seed
        splits = fold_splits(self.split, seed=seed, num_folds=NUM_FOLDS)
        parts = self.resolved, self.start
        return [prepare(self.dataset, split, *parts) for split in splits]


@dataclass(frozen=True)
class Finalist:
    """One of the best settings of a kind of net.

    Args:
        kind: name of the kind, such as "linear".
        trial: in which it was tried.
        training: its spec, the values put in.
    """

    kind: str
    trial: Trial
    training: spec.Training


@dataclass(frozen=True)
class Selection:
    """What tuning brought forth over all kinds of net.

    Args:
        trials: all of them, in order.
        best: the one that was chosen.
        training: the spec of the best, its values put in.
        histories: records by trial number, of the trials run in this process.
        notes: what decided between the kinds of net, in words.
    """

    trials: tuple[Trial, ...]
    best: Trial
    training: spec.Training
    histories: dict[int, History]
    notes: tuple[str, ...]


def choose(
    nets: Sequence[Candidate],
    ground: SelectionData,
    *,
    storage: Storage | None,
    on_trial: Callable[[Trial], None],
    began: float | None = None,
    ends_here: bool = False,
) -> Selection:
    """Tune each kind of net on val, then take the simplest that none clearly beats.

    Args:
        nets: from the simplest to the richest.
        ground: data they are tuned and compared on.
        storage: where the studies are kept; None for memory.
        on_trial: called with each trial as it ends.
        began: when the time that is granted began, on the monotonic clock; None for
            now.
        ends_here: whether neither a refit nor the test comes after it.
    """
    searches: list[Search] = []
    after = partial(_seconds_after, ground, ends_here)
    budget = ground.resolved.tune.time_seconds or math.inf
    ends = (began or time.monotonic()) + budget
    waiting = sum(net.num_trials for net in nets)
    for net in nets:
        # each kind of net has its share of what is left
        now = time.monotonic()
        share = (ends - now) * net.num_trials / waiting
        waiting -= net.num_trials
        done = [trial for found in searches for trial in found.trials]
        found = search(
            net,
            training_data=ground.tuning.training_data,
            tune=ground.resolved.tune,
            seed=ground.resolved.seed,
            first=len(done),
            storage=storage,
            on_trial=on_trial,
            clock=Clock(now + share, partial(after, searches[:])),
        )
        searches.append(found)
    left = ends - time.monotonic()
    by_folds = ground.few and after(searches, []) <= _LENIENT * left
    best, notes = _decide(searches, ground, by_folds=by_folds)
    histories = {n: h for done in searches for n, h in done.histories.items()}
    trials = tuple(trial for done in searches for trial in done.trials)
    return Selection(trials, best.trial, best.training, histories, tuple(notes))


def _decide(
    searches: Sequence[Search], ground: SelectionData, *, by_folds: bool
) -> tuple[Finalist, list[str]]:
    """Return the simplest finalist that no richer kind clearly beats, and why.

    Where val is small, its best few of each kind are told apart by cross-validation
    on train + val: the best of many on few rows is mostly lucky.
    """
    count = NUM_FINALISTS if by_folds else 1
    kinds = [_finalists(found, count) for found in searches]
    if sum(map(len, kinds)) == 1:
        return kinds[0][0], []
    where, measure, notes = "on val", _val_errors, []
    if by_folds:
        where = f"in {NUM_FOLDS}-fold cross-validation on train + val"
        measure = _fold_errors
    elif ground.few:
        notes.append("the time was too short for folds: the best on val is taken")
    best: tuple[Finalist, np.ndarray] | None = None
    for finalists in kinds:
        errors = measure(finalists, ground)
        # one that diverged on a part of the rows is the last to be taken
        place = int(np.argmin([np.nan_to_num(e.mean(), nan=np.inf) for e in errors]))
        rich = finalists[place], errors[place]
        if best is None:
            best = rich
            continue
        better = clearly_better(best[1], rich[1])
        notes.append(_note(best, rich, better=better, where=where))
        best = rich if better else best
    if best is None:
        raise ValueError("at least one kind of net must have been tuned")
    return best[0], notes


def _seconds_after(
    ground: SelectionData,
    ends_here: bool,
    searches: Sequence[Search],
    seconds: Sequence[float],
) -> float:
    """Return what folds, refit and test will take.

    Finalists are taken to last as long as the longest of three quarters of the trials.

    Args:
        ground: says how many rows there are, and whether there are folds.
        ends_here: whether neither a refit nor the test comes.
        searches: over other kinds of net.
        seconds: of the trials of one more kind.
    """
    kinds = [[t.duration_seconds for t in found.trials] for found in searches]
    finalists: list[float] = []
    for kind in filter(None, [*kinds, seconds]):
        typical = sorted(kind)[math.ceil(0.75 * (len(kind) - 1))]
        finalists += [typical] * min(len(kind), NUM_FINALISTS)
    rows = ground.dataset.num_examples
    after = 0.0
    if not ends_here:
        after += _MORE_ROWS * max(finalists, default=0.0)
        after += _TEST_SECONDS + _BASELINE_SECONDS * rows * ground.dataset.width
    if ground.few and len(finalists) > 1:
        after += sum(finalists) * NUM_FOLDS / (cpu_count() or 1)
    return after


def _finalists(found: Search, count: int) -> list[Finalist]:
    order = ranked(found.trials, maximize=found.maximize)[:count]
    training = found.candidate.training
    return [
        Finalist(found.candidate.name, trial, training.with_values(trial.values))
        for trial in order
    ]


def _note(
    simple: tuple[Finalist, np.ndarray],
    rich: tuple[Finalist, np.ndarray],
    *,
    better: bool,
    where: str,
) -> str:
    verb = "beats" if better else "does not beat"
    taken = rich[0].kind if better else f"the simpler {simple[0].kind}"
    return (
        f"{rich[0].kind} {verb} {simple[0].kind} by more than one standard error "
        f"{where} (error {rich[1].mean():.4g} against {simple[1].mean():.4g}): "
        f"{taken} is taken"
    )


def _val_errors(
    finalists: Sequence[Finalist], ground: SelectionData
) -> list[np.ndarray]:
    seed = ground.resolved.seed
    return [_errors(finalist, ground.tuning, seed) for finalist in finalists]


def _fold_errors(
    finalists: Sequence[Finalist], ground: SelectionData
) -> list[np.ndarray]:
    """Return each finalist's errors on every row of train + val, as a held-out fold."""
    jobs = [(finalist, fold) for finalist in finalists for fold in ground.folds]
    seed = ground.resolved.seed
    with ThreadPoolExecutor(cpu_count()) as pool:
        errors = list(pool.map(lambda job: _errors(*job, seed=seed), jobs))
    cuts = range(0, len(errors), NUM_FOLDS)
    return [np.concatenate(errors[cut : cut + NUM_FOLDS]) for cut in cuts]


def _errors(finalist: Finalist, prepared: Prepared, seed: int) -> np.ndarray:
    """Train a setting for its number of updates; return the errors on val.

    Of numbers they are squared errors. Of classes they are 1 where the class is wrong,
    weighed such that their mean is the balanced error where that decides.
    """
    training_data = prepared.training_data
    fit = training_data.fit(
        finalist.training,
        seed=seed,
        num_iterations=finalist.trial.iterations,
        total_iterations=finalist.trial.total_iterations,
        measure_epochs=False,
    ).run()
    scores = fit.program.scores(
        fit.last().model, fit.hyperparameters, training_data.val
    )
    if training_data.num_classes == 1:
        return scores
    targets = np.asarray(training_data.val.targets)[: len(scores)]
    weights = training_data.inverse_shares[targets] if training_data.balanced else 1.0
    return (1 - scores) * weights
