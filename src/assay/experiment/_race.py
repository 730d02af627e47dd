"""A race of optimizers on a user's data; the test part stays sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay import __version__, spec
from assay._errors import InputError, fault
from assay.data import Dataset, Split
from assay.experiment._experiment import Experiment
from assay.experiment._observer import Observer
from assay.experiment.defaults._data_profile import DataProfile
from assay.experiment.defaults._defaults import candidates, resolve
from assay.experiment.prepare._load import load_asked, split_asked
from assay.experiment.prepare._prepare import prepare
from assay.records import RunFolder, to_plain
from assay.report._race import race_text
from assay.tuning import DEFAULT_RACERS, Race, racers
from assay.tuning import race as run_race

__all__ = ["Raced", "race"]


@dataclass(frozen=True, eq=False)
class Raced:
    """A race and what it was run on.

    Args:
        summary: plain data: source, split, model, and the tables of the race.
        race: with every curve.
    """

    summary: dict[str, Any]
    race: Race

    def __str__(self) -> str:
        return race_text(self.summary)


def race(
    data: Any,
    *,
    optimizers: Sequence[Any] = DEFAULT_RACERS,
    seeds: int = 3,
    epochs: int = 20,
    time_seconds: float | None = None,
    out: str | Path | None = None,
    observer: Observer | None = None,
    **asked: Any,
) -> Raced:
    """Race optimizers on your data: one start, the same batches, each at its best rate.

    The learning rates are tuned on val, with the same budget for each; the test part is
    not opened. Regularizers are left out unless they are asked for.

    Args:
        data: a file, the name of a built-in set, a frame, or (X, y) arrays.
        optimizers: who takes part: kinds ("adam"), kinds with a batch size ("sgd@all"
            for batch gradient descent, "sgd@1" for stochastic), or optimizers with
            values of their own.
        seeds: runs of each, whose spread is told.
        epochs: length of each run.
        time_seconds: what it may take at most, by fewer epochs.
        out: folder for the records: race.json, curves.parquet, tries.parquet.
        observer: is told how it goes on.
        **asked: any other field of `Experiment`, such as target="kind", seed=3.

    Raises:
        InputError: the data, the spec or an optimizer is wrong; all faults at once.

    Example:
        >>> raced = race("iris", optimizers=["sgd", "adam"], seeds=1, epochs=2)
        >>> sorted(row["racer"] for row in raced.race.standings("epochs"))
        ['adam', 'sgd']
    """
    observer = observer or Observer()
    observer.stage("data", str(data)[:60])
    experiment = Experiment(data=data, **asked)
    if experiment.start_from is not None:
        rule, fix = "a race starts from fresh values", "Leave it out."
        raise InputError(fault(rule, "start_from", experiment.start_from, fix))
    dataset = load_asked(experiment)
    split = split_asked(dataset, experiment)
    prepared = prepare(dataset, split, experiment)
    training = _base(experiment, DataProfile.of(prepared.preparation, len(split.train)))
    who = racers(optimizers, batch_size=training.batch_size)  # type: ignore[arg-type]
    folder = None if out is None else RunFolder.create(out)
    observer.stage("race", f"{len(who)} optimizers, {seeds} seeds")
    found = run_race(
        training,
        prepared.training_data,
        who,
        seed=experiment.seed,
        num_seeds=seeds,
        num_epochs=epochs,
        time_seconds=time_seconds,
        on_progress=observer.progress,
    )
    program = prepared.training_data.program(who[0].training(training, epochs))
    summary = {
        **_told(dataset, split, training),
        "seed": experiment.seed,
        **to_plain(found.to_json()),
    }
    summary["model"]["num_parameters"] = program.network.num_parameters
    if folder is not None:
        _write(folder, summary, found)
    return Raced(summary, found)


def _told(dataset: Dataset, split: Split, training: spec.Training) -> dict[str, Any]:
    """Return what the race was run on."""
    return {
        "assay": __version__,
        "task": dataset.task.kind,
        "data": {
            "source": dataset.source,
            "num_examples": dataset.num_examples,
            "num_features": dataset.num_features,
            "fingerprint": dataset.fingerprint,
        },
        "split": {name: len(rows) for name, rows in split.parts.items()},
        "model": {"layers": [layer.to_data() for layer in training.model]},  # type: ignore[union-attr]
        "cost": training.cost.kind,  # type: ignore[union-attr]
        "training": training.to_data(),
    }


def _base(asked: Experiment, facts: DataProfile) -> spec.Training:
    """Return what all have in common: no space in it, nothing that holds weights small.

    A space takes its first value, so that dropout of the default nets is 0.
    """
    changes: dict[str, Any] = {"schedule": asked.schedule, "augment": asked.augment}
    if asked.regularizers == "auto":
        changes["regularizers"] = ()
    resolved = resolve(asked, facts).model_copy(update=changes)
    training = candidates(resolved, facts)[-1].training
    first = {path: space.ends()[0] for path, space in training.spaces().items()}
    return training.with_values(first)


def _write(folder: RunFolder, summary: dict[str, Any], found: Race) -> None:
    tries: dict[str, list[Any]] = {}
    for one in found.tuned:
        for each in one.tries:
            row = {"racer": one.racer.name, **dict(zip(_TRY, each, strict=True))}
            for name, value in row.items():
                tries.setdefault(name, []).append(value)
    folder.write_parquet("curves.parquet", found.curve_columns())  # type: ignore[arg-type]
    folder.write_parquet("tries.parquet", tries)  # type: ignore[arg-type]
    folder.write_json("race.json", summary)


_TRY = ("round", "learning_rate", "epochs", "val_cost")
