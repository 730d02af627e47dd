"""Work for later steps of a run, done on another core during a search."""

import importlib
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from assay.training import TrainingData, Workers
from assay.tuning import Candidate, middle

__all__ = ["working_ahead"]

_BASELINES = "sklearn.linear_model"  # takes more than a second to import


@contextmanager
def working_ahead(
    candidates: Sequence[Candidate],
    training_data: TrainingData,
    *,
    seed: int,
    followed_by_refit: bool,
    workers: Workers,
) -> Generator[None, None, None]:
    """Compile the programs of later candidates, and import packages for the test.

    Meanwhile, the search compiles the program of the first candidate. Any error is
    raised again by the search or stage that needs the result. If fits must not run in
    parallel, nothing is compiled.
    """
    with ThreadPoolExecutor(1) as pool:
        for candidate in candidates[1:] if workers.count > 1 else ():
            pool.submit(_prepare, candidate, training_data, seed, workers)
        if followed_by_refit:
            pool.submit(importlib.import_module, _BASELINES)
        yield


def _prepare(
    candidate: Candidate, training_data: TrainingData, seed: int, workers: Workers
) -> None:
    training = candidate.training
    values = {path: middle(space) for path, space in training.spaces().items()}
    workers.prepare(training_data.fit(training.with_values(values), seed=seed))
