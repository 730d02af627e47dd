"""Races optimizers on the user's data without opening the test set."""

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from assay import spec
from assay._calls import (
    ExplainsNames,
    check_paths,
    explains_construction,
    takes_one_source,
)
from assay._errors import InputError, WriteError
from assay._urls import short_name
from assay._version import __version__
from assay.cluster import open_workers
from assay.experiment._events import Observer
from assay.experiment._experiment import Experiment
from assay.experiment.defaults._defaults import candidates, is_auto, resolve
from assay.experiment.prepare._load import load
from assay.experiment.prepare._rows import PreparedRows, prepare_rows
from assay.experiment.prepare._split import SplitData, split
from assay.experiment.records._failed_writes import failed_write, removed_folder
from assay.records import RunFolder, to_plain
from assay.report import race_text
from assay.training import check_process
from assay.tuning import DEFAULT_RACERS, Race, racers
from assay.tuning import race as race_optimizers

__all__ = ["Raced", "race"]


@explains_construction("assay.race((X, y))")
@dataclass(frozen=True, eq=False)
class Raced(ExplainsNames):
    """A finished race. Printing it shows the standings.

    Args:
        summary: source, split, model and result tables as plain data.
        race: the race with all curves.
    """

    summary: dict[str, Any]
    race: Race

    def __str__(self) -> str:
        return race_text(self.summary)


@takes_one_source("data")
def race(
    data: Any,
    *,
    optimizers: Sequence[Any] = DEFAULT_RACERS,
    seeds: int = 3,
    epochs: int = 20,
    time_seconds: float | None = None,
    out: str | Path | None = None,
    observer: Observer | None = None,
    on: str | None = None,
    **fields: Any,
) -> Raced:
    """Race optimizers on your data with the same initial values and batches.

    The learning rate of each optimizer is tuned on the validation set, with the same
    budget for all optimizers. The test set is not opened. No regularizers are used by
    default.

    Args:
        data: a file, the name of a built-in data set, a frame, or (X, y) arrays.
        optimizers: optimizers to race. Each is a kind ("adam"), a kind with a batch
            size ("sgd@all" for batch gradient descent, "sgd@1" for stochastic gradient
            descent), or an optimizer with hyperparameter values.
        seeds: number of runs per optimizer, each with a different seed.
        epochs: number of epochs per run.
        time_seconds: time limit; the number of epochs is reduced if necessary.
        out: folder for race.json, curves.parquet and tries.parquet.
        observer: observer that is notified of progress.
        on: where to train: "ray" or "ray://HOST:PORT" for a Ray cluster, where racers
            train in parallel; None for this machine.
        **fields: any other field of `Experiment`, such as target="kind" and seed=3.

    Raises:
        InputError: the data, the spec or an optimizer is invalid (the message lists all
            errors), or another process is writing to `out`.

    Example:
        >>> raced = race("iris", optimizers=["sgd", "adam"], seeds=1, epochs=2)
        >>> sorted(row["racer"] for row in raced.race.standings("epochs"))
        ['adam', 'sgd']
    """
    check_process()
    check_paths(out=out)
    observer = observer or Observer()
    started = observer.started or time.monotonic()
    observer.stage("data", short_name(data))
    parts = split(load(_experiment(data, fields)))
    for note in parts.dataset.notes:
        observer.note(note)
    rows = prepare_rows(parts)
    training = _common_training(parts, rows)
    contestants = racers(optimizers, batch_size=cast(int, training.batch_size))
    devices = parts.experiment.devices
    with _new_folder(out) as folder, open_workers(on, devices) as workers:
        counted = f"{len(contestants)} optimizers, {seeds} seed{'s' * (seeds != 1)}"
        observer.stage("race", counted)
        if workers.description:
            observer.note(workers.description)
        outcome = race_optimizers(
            training,
            rows.training_data,
            contestants,
            seed=parts.experiment.seed,
            num_seeds=seeds,
            num_epochs=epochs,
            time_seconds=time_seconds,
            started=started,
            on_progress=observer.progress,
            workers=workers,
        )
        first = contestants[0].training(training, epochs)
        program = rows.training_data.program(first, measures=False)
        num_parameters = program.network.num_parameters
        summary = _summary(parts, training, outcome, num_parameters=num_parameters)
        if folder is not None:
            _write(folder, summary, outcome)
    return Raced(summary, outcome)


@contextmanager
def _new_folder(out: str | Path | None) -> Generator[RunFolder | None, None, None]:
    """Context manager that creates a race folder and locks it for writing."""
    if out is None:
        yield None
        return
    folder = RunFolder.create(out)
    lock = folder.lock("race")
    try:
        # another process may have finished a race in this folder in the meantime
        yield RunFolder.create(out)
    except Exception as error:
        if (message := removed_folder(error, folder.path)) is not None:
            raise WriteError(message) from error
        if (reason := failed_write(error, folder.path)) is None:
            raise
        raise WriteError(f"{reason} Then start the race again.") from error
    finally:
        lock.release()


def _experiment(data: Any, fields: dict[str, Any]) -> Experiment:
    experiment = Experiment(data=data, **fields)
    if experiment.start_from is not None:
        raise InputError(
            "start_from cannot be used in a race, because races start from random "
            "values. Remove it."
        )
    return experiment


def _common_training(parts: SplitData, rows: PreparedRows) -> spec.Training:
    """Return the training spec for all optimizers, without default regularizers.

    Search spaces are replaced by their first values, so default networks have no
    dropout.
    """
    experiment = parts.experiment
    profile = parts.profile(rows.preparation)
    changes: dict[str, Any] = {
        "schedule": experiment.schedule,
        "augment": experiment.augment,
    }
    if is_auto(experiment, "regularizers"):
        changes["regularizers"] = ()
    resolved = resolve(experiment, profile).model_copy(update=changes)
    training = candidates(resolved, profile)[-1].training
    first = {path: space.ends()[0] for path, space in training.spaces().items()}
    training = training.with_values(first)
    layers = [layer for layer in training.model if not _drops_nothing(layer)]
    return training.model_copy(update={"model": tuple(layers)})


def _drops_nothing(layer: spec.Layer) -> bool:
    return isinstance(layer, spec.Dropout) and layer.rate == 0


def _summary(
    parts: SplitData, training: spec.Training, outcome: Race, *, num_parameters: int
) -> dict[str, Any]:
    """Return the contents of `race.json`."""
    dataset, layers = parts.dataset, cast(Sequence[spec.Layer], training.model)
    return {
        "assay": __version__,
        "task": dataset.task.kind,
        "data": {
            "source": dataset.source,
            "num_examples": dataset.num_examples,
            "num_features": dataset.num_features,
            "fingerprint": dataset.fingerprint,
        },
        "split": {name: len(rows) for name, rows in parts.split.parts.items()},
        "model": {
            "layers": [layer.to_data() for layer in layers],
            "num_parameters": num_parameters,
        },
        "cost": training.cost.kind,
        "training": training.to_data(),
        "seed": parts.experiment.seed,
        **to_plain(outcome.to_json()),
    }


_TRY = ("round", "learning_rate", "epochs", "val_cost")


def _write(folder: RunFolder, summary: dict[str, Any], outcome: Race) -> None:
    tries: dict[str, list[Any]] = {name: [] for name in ("racer", *_TRY)}
    for tuned in outcome.tuned:
        for values in tuned.tries:
            row = (tuned.racer.name, *values)
            for name, value in zip(tries, row, strict=True):
                tries[name].append(value)
    try:
        # columns may be lists, which Parquet also supports
        folder.write_parquet("curves.parquet", cast(Any, outcome.curve_columns()))
        folder.write_parquet("tries.parquet", cast(Any, tries))
        folder.write_json("race.json", summary)
    except OSError:  # empty the folder so the race can be started again
        for name in ("curves.parquet", "tries.parquet"):
            folder.path_of(name).unlink(missing_ok=True)
        raise
