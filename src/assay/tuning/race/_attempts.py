"""The fits in a race as plain data that can be sent to other machines."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assay import optim, spec
from assay.training import MEASURED_ROWS, Examples, Fit, Streamed, TrainingData
from assay.tuning.race._contestants import Racer
from assay.tuning.race._record import Curve

__all__ = [
    "Attempt",
    "MeasuredAttempt",
    "compile_attempt",
    "measured_curve",
    "run_attempt",
    "time_attempt",
    "time_epoch",
]

_MARKS = 16  # measurements per curve on each of two scales, linear and logarithmic

Measurement = Callable[[Fit, Examples | Streamed], tuple[float, float]]
"""A function that returns the current cost and score on a part of the data."""


@dataclass(frozen=True)
class Attempt:
    """A fit in a race as plain data."""

    racer: Racer
    rate: float
    epochs: int
    seed: int

    def fit(self, training_data: TrainingData, training: spec.Training) -> Fit:
        """Return a new fit with these settings, before its first update."""
        own = self.racer.training(training, self.epochs)
        # disable measurements, because only training is timed
        fit = training_data.fit(
            own, seed=self.seed, measure_layers=False, measures=False
        )
        fit.hyperparameters = fit.hyperparameters.with_learning_rate(self.rate)
        return fit


@dataclass(frozen=True)
class MeasuredAttempt(Attempt):
    """A fit that is measured after selected updates and has a known time per update."""

    # numbers of updates at which all racers are compared, at equal updates and seconds
    shared: tuple[float, float]
    seconds_per_update: float


def compile_attempt(
    training_data: TrainingData, training: spec.Training, attempt: Attempt
) -> None:
    """Compile the training program."""
    attempt.fit(training_data, training).compile()


def time_epoch(
    training_data: TrainingData, training: spec.Training, attempt: Attempt
) -> float:
    """Compile the program and return the duration of one epoch in seconds."""
    fit = attempt.fit(training_data, training)
    fit.compile()
    return _seconds(fit)


def run_attempt(
    training_data: TrainingData, training: spec.Training, attempt: Attempt
) -> float:
    """Train to completion and return the val cost (inf if training diverged)."""
    fit = attempt.fit(training_data, training).run()
    measure = _measurement(training_data, training, attempt.racer)
    cost, _ = measure(fit, training_data.val)
    sound = math.isfinite(cost) and fit.diverged_at is None
    return cost if sound else math.inf


def time_attempt(
    training_data: TrainingData, training: spec.Training, attempt: Attempt
) -> float:
    """Train to completion and return the seconds per update."""
    fit = attempt.fit(training_data, training)
    fit.compile()
    return _seconds(fit) / fit.iteration


def measured_curve(
    training_data: TrainingData, training: spec.Training, attempt: MeasuredAttempt
) -> Curve:
    """Train a racer at its best rate, measuring it after selected updates."""
    fit = attempt.fit(training_data, training)
    measure = _measurement(training_data, training, attempt.racer)
    rows: list[tuple[float, ...]] = []
    for mark in _marks(fit.num_iterations, attempt.shared):
        if mark > fit.iteration:
            fit.advance(iterations=mark - fit.iteration)
        diverged = fit.diverged_at is not None
        nothing = math.inf, math.nan
        parts = training_data.train, training_data.val
        train, val = (nothing if diverged else measure(fit, part) for part in parts)
        rows.append((mark, *train, *val))
    updates, *measured = np.array(rows, np.float64).T
    epochs = updates / fit.iterations_per_epoch
    seconds = updates * attempt.seconds_per_update
    return Curve(attempt.racer.name, attempt.seed, updates, epochs, seconds, *measured)


def _seconds(fit: Fit) -> float:
    """Train to completion and return the duration."""
    started = time.perf_counter()
    fit.run()
    return time.perf_counter() - started


def _measurement(
    training_data: TrainingData, training: spec.Training, racer: Racer
) -> Measurement:
    """Return a function that measures fits of a racer.

    Racers share one compiled program for measurements. The exceptions are optimizers
    that update the parameters layer by layer, which require a different packing.
    """
    shared = optim.get(racer.optimizer.kind).elementwise
    optimizer = spec.SGD() if shared else racer.optimizer
    own = training.model_copy(update={"optimizer": optimizer})
    program = training_data.program(own, measures=False)

    def measure(fit: Fit, part: Examples | Streamed) -> tuple[float, float]:
        values = fit.hyperparameters.with_measured_rows(MEASURED_ROWS)
        return program.costs(fit.state, values, part)

    return measure


def _marks(num_iterations: int, shared: tuple[float, float]) -> list[int]:
    """Return the updates after which to measure, including those in `shared`."""
    spread = np.geomspace(1, num_iterations, _MARKS)
    even = np.linspace(0, num_iterations, _MARKS)
    marks = np.concatenate([spread, even, np.minimum(shared, num_iterations)])
    return np.unique(np.round(marks).astype(int)).tolist()
