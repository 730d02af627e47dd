"""Repeats the experiment of a finished run and compares the results bit for bit."""

import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from assay._errors import RunError
from assay.experiment._events import Observer
from assay.experiment._experiment import Experiment
from assay.experiment._run import Run, load
from assay.experiment.explain._run_data import run_experiment
from assay.records import RunFolder

__all__ = ["Difference", "Replay", "replay"]

_TABLES = (
    *("iterations.parquet", "epochs.parquet", "monitors.parquet"),
    "test_predictions.parquet",
)
_VOLATILE = ("run", "timings", "assay", "version")  # parts of run.json
_COUNTED = ("openings",)  # number of times any run has opened the test set


@dataclass(frozen=True)
class Difference:
    """A difference between a run and its repetition.

    Args:
        where: name of the file, followed by the path of the value.
        was: the value in the run; None for an absent value or for different arrays.
        now: the value in the repetition; None for an absent value or for different
            arrays.
        largest: largest absolute difference between numbers; nan for other values.
    """

    where: str
    was: Any
    now: Any
    largest: float = math.nan


@dataclass(frozen=True)
class Replay:
    """The repetition of a run.

    Args:
        run: name of the run.
        differences: differences in the results; empty if all results are identical.
        surroundings: differences in the environment: versions, device and platform.
    """

    run: str
    differences: tuple[Difference, ...]
    surroundings: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether all results are bit-for-bit identical."""
        return not self.differences


def replay(
    path: str | Path, *, source: Any = None, observer: Observer | None = None
) -> Replay:
    """Repeat a finished run in a temporary folder and return the differences.

    The repetition opens the test set again, but no choice depends on the result, and
    the ledger of the run is not changed.

    Args:
        path: folder of a finished run.
        source: the data, if they were passed to the run in Python.
        observer: observer that is notified of progress.

    Raises:
        InputError: the data are missing.
        RunError: the run has not finished, or its result depended on the speed of the
            machine because it had a time limit.
    """
    folder = RunFolder.open(path)
    folder.summary()  # raises an error if the run has not finished
    experiment = run_experiment(folder, source)
    if experiment.tune.time_seconds is not None:
        raise RunError(
            f"{folder.path} had a time limit, so its search depended on the speed of "
            "the machine and cannot be repeated. Use --trials instead of --time."
        )
    fields = {name: getattr(experiment, name) for name in experiment.model_fields_set}
    with tempfile.TemporaryDirectory(prefix="assay-replay-") as scratch:
        again = Experiment(**fields).run(runs=scratch, observer=observer)
        differences = (*_differences(folder, again.folder),)
        surroundings = (*_surroundings(folder, again.folder),)
    return Replay(folder.name, differences, surroundings)


def _differences(was: RunFolder, now: RunFolder) -> Iterator[Difference]:
    yield from _unequal_arrays(
        "split.npz", was.read_npz("split.npz"), now.read_npz("split.npz")
    )
    yield from _unequal_arrays("model", _parameters(was), _parameters(now))
    for name in _TABLES:
        if was.exists(name):
            yield from _unequal_arrays(
                name, was.read_parquet(name), now.read_parquet(name)
            )
        elif now.exists(name):
            yield Difference(name, "deleted", "present")
    summaries = [cast("dict[str, Any]", each.summary()) for each in (was, now)]
    kept = [
        {name: part for name, part in summary.items() if name not in _VOLATILE}
        for summary in summaries
    ]
    yield from _unequal_values("run.json", kept[0], kept[1])


def _parameters(folder: RunFolder) -> dict[str, np.ndarray]:
    model: Run = load(folder.path)
    return {
        f"member {number}: {name}": array
        for number, member in enumerate(model.model.members)
        for name, array in _leaves(member.parameters)
    }


def _leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        inner = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            yield from _leaves(cast("Mapping[str, Any]", value), inner)
        else:
            yield inner, np.asarray(value)


def _unequal_arrays(
    file: str, was: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray]
) -> Iterator[Difference]:
    for name in sorted({*was, *now}):
        where = f"{file}: {name}"
        old, new = was.get(name), now.get(name)
        if old is None or new is None:
            before, after = (
                "absent" if array is None else "present" for array in (old, new)
            )
            yield Difference(where, before, after)
        elif old.shape != new.shape:
            yield Difference(where, old.shape, new.shape)
        elif not _equal(old, new):
            numbers = old.dtype.kind in "iufb"
            gap = np.abs(old.astype(float) - new.astype(float)) if numbers else None
            largest = math.nan if gap is None else float(np.nanmax(gap))
            yield Difference(where, None, None, largest)


def _equal(old: np.ndarray, new: np.ndarray) -> bool:
    if old.dtype.kind == "f":
        return bool(np.array_equal(old, new, equal_nan=True))
    return bool(np.array_equal(old, new))


def _unequal_values(where: str, was: Any, now: Any) -> Iterator[Difference]:
    if isinstance(was, dict) and isinstance(now, dict):
        old, new = cast("dict[str, Any]", was), cast("dict[str, Any]", now)
        for name in sorted({*old, *new} - {*_COUNTED}):
            yield from _unequal_values(f"{where}: {name}", old.get(name), new.get(name))
    elif was != now:
        gap = math.nan
        if isinstance(was, int | float) and isinstance(now, int | float):
            gap = abs(float(was) - float(now))
        yield Difference(where, was, now, gap)


def _surroundings(was: RunFolder, now: RunFolder) -> Iterator[Difference]:
    old, new = was.read_object("resolved.json"), now.read_object("resolved.json")
    for name in ("versions", "device", "platform"):
        yield from _unequal_values(name, old.get(name), new.get(name))
