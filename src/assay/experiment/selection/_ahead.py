"""Prepares later stages of a run on another core during a search."""

import importlib
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from assay._parallel_map import AHEAD
from assay.training import TrainingData, Workers
from assay.tuning import Candidate, middle

__all__ = ["Compiling", "is_compiled", "working_ahead"]

Compiling = Callable[[Candidate], Future[float]]
"""A function that returns the future of a candidate's compilation, and starts the
compilation if necessary. The result of the future is the duration in seconds."""

_BASELINES = "sklearn.linear_model"  # importing this package takes more than a second


@contextmanager
def working_ahead(
    candidates: Sequence[Candidate],
    training_data: TrainingData,
    *,
    seed: int,
    followed_by_refit: bool,
    workers: Workers,
) -> Generator[Compiling, None, None]:
    """Compile candidates' programs and import packages for the test in the background.

    Meanwhile, the search compiles the program of the first candidate. Any error is
    raised by the search or stage that needs the result. If fits must not run in
    parallel, a program is compiled only when it is needed.

    A compilation cannot be stopped. If it is still running when the context exits, its
    thread continues in the background.

    Args:
        candidates: candidates to compile immediately.
        training_data: prepared training and validation sets.
        seed: seed for the fits.
        followed_by_refit: whether the refit and the test run after the search.
        workers: workers that will run the programs.
    """
    jobs: dict[str, Future[float]] = {}
    pool = ThreadPoolExecutor(2, thread_name_prefix=AHEAD)  # one thread for the import

    def compiling(candidate: Candidate) -> Future[float]:
        if candidate.name not in jobs:
            jobs[candidate.name] = pool.submit(
                _prepare, candidate, training_data, seed, workers
            )
        return jobs[candidate.name]

    try:
        for candidate in candidates if workers.count > 1 else ():
            compiling(candidate)
        if followed_by_refit:
            pool.submit(importlib.import_module, _BASELINES)
        yield compiling
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def is_compiled(job: Future[float], seconds_left: Callable[[], float]) -> bool:
    """Wait for a compilation while time remains. Return whether it ended in time.

    Args:
        job: future of the compilation.
        seconds_left: function that returns the time that remains for the first trial.
            The time decreases when the compilation ends, because the duration of later
            compilations can then be estimated.
    """
    wait([job], max(seconds_left(), 0.0))
    return job.done() and seconds_left() > 0


def _prepare(
    candidate: Candidate, training_data: TrainingData, seed: int, workers: Workers
) -> float:
    started = time.monotonic()
    training = candidate.training
    values = {path: middle(space) for path, space in training.spaces().items()}
    workers.prepare(training_data.fit(training.with_values(values), seed=seed))
    return time.monotonic() - started
