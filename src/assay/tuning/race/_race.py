"""The race, which compares optimizers at their best learning rates.

For a given seed, all racers have the same initial values. Regardless of the batch size,
they see the rows of each epoch in the same order, and their masks and augmentations
are drawn from the same keys. The test part is not used.
"""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from assay import spec
from assay._errors import Faults, fault
from assay.training import (
    MEASURED_ROWS,
    Fit,
    TrainingData,
    resolved_number,
    wait_for,
)
from assay.tuning.race._contestants import Racer
from assay.tuning.race._record import Curve, Race, Try, Tuned

__all__ = ["RATES", "race"]

RATES = tuple(10 ** (step / 2) for step in range(-4, 5))
"""Multipliers of each optimizer's default learning rate in the first round."""

_SHORT = 4  # the first round trains for a quarter of the epochs
_FINALISTS = 3  # number of rates in the second round
_MARKS = 24  # measurements per curve, spaced evenly in updates and in their logarithm

Progress = Callable[[int, int, str], None]


def race(
    training: spec.Training,
    training_data: TrainingData,
    racers: Sequence[Racer],
    *,
    seed: int,
    num_seeds: int = 3,
    num_epochs: int = 20,
    time_seconds: float | None = None,
    on_progress: Progress = lambda done, total, text: None,
) -> Race:
    """Race optimizers on train and val.

    Each racer's learning rate is tuned on val with the same budget. The first round
    tries 9 multiples of the default rate for a quarter of the epochs, from 0.01 to 100
    in steps of the square root of 10. The second round tries the best 3 for all epochs.
    Then each racer runs once per seed at its best rate.

    Args:
        training: training spec, resolved except for the optimizer, which comes from
            each racer.
        training_data: prepared train and val parts.
        racers: optimizers and batch sizes; see `racers`.
        seed: seed for tuning; the runs use the seeds after it.
        num_seeds: >= 1, number of runs per racer.
        num_epochs: >= 1, length of each run.
        time_seconds: time limit for the whole race; None for no limit. The number of
            epochs is reduced to meet it.
        on_progress: function called with (done, total, text) after each step.

    Raises:
        InputError: val is empty or a count is less than 1. The error lists every
            fault.
    """
    _check(training_data, num_seeds=num_seeds, num_epochs=num_epochs)
    trainings = _Trainings(training, training_data, seed)
    done = _count(on_progress, len(racers) * (2 + num_seeds))
    started, paces = time.perf_counter(), list[float]()
    trainings.compile(racers)
    for racer in racers:
        paces.append(trainings.pace(racer))
        done(f"{racer.name} compiled")
    notes: list[str] = []
    if time_seconds is not None:
        left = time_seconds - (time.perf_counter() - started)
        epochs_each = len(RATES) / _SHORT + _FINALISTS + num_seeds
        most = max(int(left / (epochs_each * sum(paces))), 1)
        if most < num_epochs:
            notes.append(f"{most} of {num_epochs} epochs fit in {time_seconds:g} s")
            num_epochs = most
    tuned = trainings.tune(racers, num_epochs)
    for one in tuned:
        done(f"{one.racer.name} at rate {one.learning_rate:.3g}")
    seeds = tuple(range(seed + 1, seed + 1 + num_seeds))
    curves: list[Curve] = []
    places = trainings.places(tuned, num_epochs)
    for each in seeds:
        for one in tuned:
            curves.append(trainings.curve(one, num_epochs, seed=each, places=places))
            done(f"{one.racer.name} val cost {curves[-1].val_cost[-1]:.4g}")
    notes += _notes(tuned)
    return Race(tuple(tuned), tuple(curves), num_epochs, seeds, tuple(notes))


def _check(training_data: TrainingData, **counts: int) -> None:
    faults = Faults()
    if not int(training_data.val.count):
        fix = "Hold out a val part to tune the learning rates."
        faults.add(fault("num_val >= 1", "num_val", 0, fix))
    for name, count in counts.items():
        if count < 1:
            faults.add(fault(f"{name} >= 1", name, count, "Use 3."))
    faults.raise_if_any()


def _count(on_progress: Progress, total: int) -> Callable[[str], None]:
    """Return a function that counts steps and reports progress."""
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
            "rate that was tried, so a better rate may lie beyond it"
        )


class _Trainings:
    """Runs the fits of a race, which differ in optimizer, batch size, rate and seed."""

    def __init__(
        self, training: spec.Training, training_data: TrainingData, seed: int
    ) -> None:
        self._training = training
        self._training_data = training_data
        self._seed = seed

    def compile(self, racers: Sequence[Racer]) -> None:
        """Compile the programs of all racers, in parallel on the cores."""

        def compile_one(racer: Racer) -> None:
            fit = self._fit(racer, _default_rate(racer), 1)
            fit.compile()
            self._measure(fit)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for job in [pool.submit(compile_one, racer) for racer in racers]:
                wait_for(job)

    def pace(self, racer: Racer) -> float:
        """Return the duration of one epoch in seconds."""
        rate = _default_rate(racer)
        self._run(self._fit(racer, rate, 1))
        return self._run(self._fit(racer, rate, 1))[0]

    def tune(self, racers: Sequence[Racer], num_epochs: int) -> list[Tuned]:
        """Find each racer's learning rate with the lowest val cost, using two rounds.

        Racers take turns so that other load on the machine affects all of them equally.
        """
        tries: list[list[Try]] = [[] for _ in racers]
        paces = [math.inf] * len(racers)
        kept = [_rates(racer) for racer in racers]
        for number, epochs in ((1, max(num_epochs // _SHORT, 1)), (2, num_epochs)):
            costs: list[list[tuple[float, float]]] = [[] for _ in racers]
            for turn in range(len(kept[0])):
                for place, racer in enumerate(racers):
                    rate = kept[place][turn]
                    fit = self._fit(racer, rate, epochs)
                    seconds, cost = self._run(fit)
                    paces[place] = min(paces[place], seconds / fit.iteration)
                    costs[place].append((cost, rate))
                    tries[place].append((number, rate, epochs, cost))
            kept = [[rate for _, rate in sorted(c)[:_FINALISTS]] for c in costs]
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

    def places(self, tuned: Sequence[Tuned], num_epochs: int) -> tuple[float, float]:
        """Return the number of updates and the seconds that every racer reaches."""
        ends: list[tuple[float, float]] = []
        for one in tuned:
            per_epoch = self._fit(one.racer, 1.0, 1).iterations_per_epoch
            updates = per_epoch * num_epochs
            ends.append((updates, updates * one.seconds_per_update))
        updates, seconds = np.min(ends, axis=0)
        return float(updates), float(seconds)

    def curve(
        self, one: Tuned, num_epochs: int, *, seed: int, places: tuple[float, float]
    ) -> Curve:
        """Run a racer at its best rate, measuring it after selected updates."""
        fit = self._fit(one.racer, one.learning_rate, num_epochs, seed=seed)
        shared = places[0], places[1] / one.seconds_per_update
        rows: list[tuple[float, ...]] = []
        for mark in _marks(fit.num_iterations, shared):
            if mark > fit.iteration:
                fit.advance(iterations=mark - fit.iteration)
            diverged = fit.diverged_at is not None
            nothing = math.inf, math.nan, math.inf, math.nan
            rows.append((mark, *(nothing if diverged else self._measure(fit))))
        updates, *measured = np.array(rows, np.float64).T
        epochs = updates / fit.iterations_per_epoch
        seconds = updates * one.seconds_per_update
        return Curve(one.racer.name, seed, updates, epochs, seconds, *measured)

    def _fit(
        self, racer: Racer, rate: float, epochs: int, *, seed: int | None = None
    ) -> Fit:
        training = racer.training(self._training, epochs)
        fit = self._training_data.fit(
            training,
            seed=self._seed if seed is None else seed,
            measure_layers=False,
        )
        values = fit.hyperparameters.with_learning_rate(rate)
        fit.hyperparameters = values.with_measured_rows(0)  # times only training
        return fit

    def _run(self, fit: Fit) -> tuple[float, float]:
        """Run to completion; return the seconds and the val cost (inf if diverged)."""
        started = time.perf_counter()
        fit.run()
        seconds = time.perf_counter() - started
        cost = self._measure(fit)[2]
        sound = math.isfinite(cost) and fit.diverged_at is None
        return seconds, cost if sound else math.inf

    def _measure(self, fit: Fit) -> tuple[float, float, float, float]:
        """Return the current (train cost, train score, val cost, val score)."""
        values = fit.hyperparameters.with_measured_rows(MEASURED_ROWS)
        parts = self._training_data.train, self._training_data.val
        train, val = (fit.program.costs(fit.state, values, part) for part in parts)
        return (*train, *val)


def _rates(racer: Racer) -> list[float]:
    return [_default_rate(racer) * factor for factor in RATES]


def _default_rate(racer: Racer) -> float:
    return resolved_number(racer.optimizer.learning_rate)


def _marks(num_iterations: int, shared: tuple[float, float]) -> list[int]:
    """Return the numbers of updates at which to measure, including the shared ones."""
    spread = np.geomspace(1, num_iterations, _MARKS)
    even = np.linspace(0, num_iterations, _MARKS)
    marks = np.concatenate([spread, even, np.minimum(shared, num_iterations)])
    return np.unique(np.round(marks).astype(int)).tolist()
