"""Compares optimizers at their best learning rates.

For a given seed, all racers have the same initial values. Regardless of the batch size,
they see the rows of each epoch in the same order, and their masks and augmentations
are drawn from the same keys. The test set is not used.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import numpy as np

from assay import spec
from assay._errors import Faults, fault
from assay.training import TrainingData, Workers, resolved_number, wait_for
from assay.tuning.race._attempts import (
    Attempt,
    MeasuredAttempt,
    compile_attempt,
    measured_curve,
    run_attempt,
    time_attempt,
    time_epoch,
)
from assay.tuning.race._contestants import Racer
from assay.tuning.race._record import Curve, Race, Try, Tuned

__all__ = ["RATES", "race"]

RATES = tuple(10 ** (step / 2) for step in range(-4, 5))
"""Multipliers of each optimizer's default learning rate in the first round."""

_SHORT = 4  # the first round trains for a quarter of the epochs
_FINALISTS = 3  # number of rates in the second round
_TIMED = 5  # several timed fits, because other programs may delay some of them
_VERY_SHORT = 10  # timed fits train for a tenth of the epochs

Progress = Callable[[int, int, str], None]
Item = TypeVar("Item")
Result = TypeVar("Result")


def race(
    training: spec.Training,
    training_data: TrainingData,
    racers: Sequence[Racer],
    *,
    seed: int,
    num_seeds: int = 3,
    num_epochs: int = 20,
    time_seconds: float | None = None,
    started: float | None = None,
    on_progress: Progress = lambda done, total, text: None,
    workers: Workers | None = None,
) -> Race:
    """Race optimizers on train and val.

    Each racer's learning rate is tuned on val with the same budget. The first round
    tries 9 multiples of the default rate, from 0.01 to 100 in factors of the square
    root of 10, for a quarter of the epochs. The second round tries the best 3 rates for
    the full number of epochs. Then five short fits per racer are timed, and each racer
    runs once per seed at its best rate.

    Args:
        training: training spec, resolved except for the optimizer, which comes from
            each racer.
        training_data: prepared training and validation sets.
        racers: optimizers and batch sizes; see `racers`.
        seed: seed for tuning. The runs use the seeds that follow it.
        num_seeds: >= 1, number of runs per racer.
        num_epochs: >= 1, length of each run.
        time_seconds: time limit for the whole race; None for no limit. The number of
            epochs is reduced to meet it.
        started: time on the monotonic clock at which the time limit starts; by default,
            the time of the call.
        on_progress: function called with (done, total, text) after each step.
        workers: workers that run the fits; by default, this machine's cores, on which
            timed fits run one at a time and all other fits run in parallel.

    Raises:
        InputError: val is empty or a count is less than 1. The error lists every
            fault.
    """
    _check(training_data, num_seeds=num_seeds, num_epochs=num_epochs)
    trainings = _Trainings(training, training_data, seed, workers or Workers())
    steps_each = len(RATES) + _FINALISTS + num_seeds
    if time_seconds is not None:
        steps_each += 1
    done = _count(on_progress, len(racers) * steps_each)
    started = time.monotonic() if started is None else started
    notes: list[str] = []
    if time_seconds is not None:
        for racer in trainings.compile(racers):
            done(f"{racer.name} compiled")
        seconds_per_epoch = sum(trainings.paces(racers))
        left = time_seconds - (time.monotonic() - started)
        left *= trainings.num_at_once
        epochs_each = (
            len(RATES) / _SHORT + _FINALISTS + num_seeds + _TIMED / _VERY_SHORT
        )
        most = max(int(left / (epochs_each * seconds_per_epoch)), 1)
        if most < num_epochs:
            notes.append(f"{most} of {num_epochs} epochs fit in {time_seconds:g} s")
            num_epochs = most
    tuned = trainings.tune(racers, num_epochs, done)
    seeds = tuple(range(seed + 1, seed + 1 + num_seeds))
    curves: list[Curve] = []
    for curve in trainings.curves(tuned, num_epochs, seeds):
        curves.append(curve)
        done(f"{curve.racer} val cost {curve.val_cost[-1]:.4g}")
    notes += _notes(tuned)
    return Race(tuple(tuned), tuple(curves), num_epochs, seeds, tuple(notes))


def _check(training_data: TrainingData, **counts: Any) -> None:
    faults = Faults()
    if not int(training_data.val.count):
        fix = "Hold out a validation set to tune the learning rates."
        faults.add(fault("num_val >= 1", "num_val", 0, fix))
    for name, count in counts.items():
        if not isinstance(count, int) or count < 1:
            faults.add(fault(f"{name} >= 1", name, count, "Use 3."))
    faults.raise_if_any()


def _count(on_progress: Progress, total: int) -> Callable[[str], None]:
    """Return a function that counts steps and reports the progress."""
    numbers = iter(range(1, total + 1))
    return lambda text: on_progress(next(numbers), total, text)


def _notes(tuned: Sequence[Tuned]) -> Iterator[str]:
    lost = [one.racer.name for one in tuned if not math.isfinite(one.val_cost)]
    if lost:
        yield f"{', '.join(lost)} diverged at every learning rate"
    edges = [one.racer.name for one in tuned if one.at_edge]
    if edges:
        yield (
            f"the best learning rate of {', '.join(edges)} was the lowest or highest "
            "rate tried, so a rate outside the range tried may be better"
        )


class _Trainings:
    """Runs the fits of a race with different optimizers, batch sizes and rates."""

    def __init__(
        self,
        training: spec.Training,
        training_data: TrainingData,
        seed: int,
        workers: Workers,
    ) -> None:
        self._training = training
        self._training_data = training_data
        self._seed = seed
        self._workers = workers
        # on this machine, timed fits run one at a time
        self.num_at_once = workers.count if workers.remote else 1

    def compile(self, racers: Sequence[Racer]) -> Iterator[Racer]:
        """Compile in parallel, yielding each racer once its program is compiled."""
        attempts = (self._attempt(racer, _default_rate(racer), 1) for racer in racers)
        compiled = self._map(compile_attempt, attempts, timed=False)
        yield from (racer for racer, _ in zip(racers, compiled, strict=True))

    def paces(self, racers: Sequence[Racer]) -> Iterator[float]:
        """Yield the duration of an epoch in seconds for each racer."""
        attempts = (self._attempt(racer, _default_rate(racer), 1) for racer in racers)
        return self._map(time_epoch, attempts)

    def tune(
        self, racers: Sequence[Racer], num_epochs: int, done: Callable[[str], None]
    ) -> list[Tuned]:
        """Find each racer's learning rate with the lowest val cost.

        The first fit of each racer compiles its program unless it is already compiled.
        """
        tries: list[list[Try]] = [[] for _ in racers]
        costs: list[list[tuple[float, float]]] = []
        kept = [_rates(racer) for racer in racers]
        for number, epochs in ((1, max(num_epochs // _SHORT, 1)), (2, num_epochs)):
            costs = [[] for _ in racers]
            order = [
                (place, self._attempt(racer, kept[place][turn], epochs))
                for turn in range(len(kept[0]))
                for place, racer in enumerate(racers)
            ]
            results = self._map(
                run_attempt, (attempt for _, attempt in order), timed=False
            )
            for (place, attempt), cost in zip(order, results, strict=True):
                costs[place].append((cost, attempt.rate))
                tries[place].append((number, attempt.rate, epochs, cost))
                rate = f"{attempt.racer.name} at rate {attempt.rate:.3g}"
                done(f"{rate} val cost {cost:.4g}")
            kept = [[rate for _, rate in sorted(c)[:_FINALISTS]] for c in costs]
        paces = self._seconds_per_update(racers, [k[0] for k in kept], num_epochs)
        return [
            Tuned(
                racer,
                learning_rate=kept[place][0],
                val_cost=min(cost for cost, _ in costs[place]),
                tries=tuple(tries[place]),
                at_edge=kept[place][0] in (_rates(racer)[0], _rates(racer)[-1]),
                seconds_per_update=paces[place],
            )
            for place, racer in enumerate(racers)
        ]

    def _seconds_per_update(
        self, racers: Sequence[Racer], rates: Sequence[float], num_epochs: int
    ) -> list[float]:
        """Return each racer's shortest time per update over several short fits.

        Racers take turns, so other load on the machine affects all of them equally.
        """
        epochs = max(num_epochs // _VERY_SHORT, 1)
        attempts = [
            self._attempt(racer, rate, epochs)
            for _ in range(_TIMED)
            for racer, rate in zip(racers, rates, strict=True)
        ]
        seconds = list(self._map(time_attempt, iter(attempts)))
        return np.reshape(seconds, (_TIMED, len(racers))).min(axis=0).tolist()

    def curves(
        self, tuned: Sequence[Tuned], num_epochs: int, seeds: Sequence[int]
    ) -> Iterator[Curve]:
        """Run each racer at its best rate, once per seed."""
        updates, seconds = self._places(tuned, num_epochs)
        return self._map(
            measured_curve,
            (
                MeasuredAttempt(
                    one.racer,
                    one.learning_rate,
                    num_epochs,
                    seed,
                    shared=(updates, seconds / one.seconds_per_update),
                    seconds_per_update=one.seconds_per_update,
                )
                for seed in seeds
                for one in tuned
            ),
            timed=False,
        )

    def _places(self, tuned: Sequence[Tuned], num_epochs: int) -> tuple[float, float]:
        """Return the largest numbers of updates and seconds that all racers reach."""
        ends: list[tuple[float, float]] = []
        for one in tuned:
            fit = self._attempt(one.racer, 1.0, 1).fit(
                self._training_data, self._training
            )
            updates = fit.iterations_per_epoch * num_epochs
            ends.append((updates, updates * one.seconds_per_update))
        updates, seconds = np.min(ends, axis=0)
        return float(updates), float(seconds)

    def _attempt(self, racer: Racer, rate: float, epochs: int) -> Attempt:
        return Attempt(racer, rate, epochs, self._seed)

    def _map(
        self,
        function: Callable[[TrainingData, spec.Training, Any], Result],
        attempts: Iterator[Attempt],
        *,
        timed: bool = True,
    ) -> Iterator[Result]:
        """Return the results in order. Attempts that are not timed run in parallel."""
        workers, data, training = self._workers, self._training_data, self._training
        if timed or workers.remote or workers.count == 1:
            return workers.map(function, data, training, attempts)
        return _in_threads(partial(function, data, training), attempts, workers.count)


def _in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], num_threads: int
) -> Iterator[Result]:
    """Yield the results in order. Ctrl-C cancels the calls that have not started."""
    pool = ThreadPoolExecutor(num_threads)
    try:
        yield from map(wait_for, [pool.submit(function, item) for item in items])
    finally:
        pool.shutdown(cancel_futures=True)


def _rates(racer: Racer) -> list[float]:
    return [_default_rate(racer) * factor for factor in RATES]


def _default_rate(racer: Racer) -> float:
    return resolved_number(racer.optimizer.learning_rate)
