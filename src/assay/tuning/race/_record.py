"""The result of a race, with curves and standings at equal effort."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.tuning.race._contestants import Racer

__all__ = ["BASES", "Curve", "Race", "Try", "Tuned"]

BASES = ("updates", "epochs", "seconds")
"""Measures of effort by which racers are compared."""


Try = tuple[int, float, int, float]  # round, learning rate, epochs, val cost


@dataclass(frozen=True)
class Tuned:
    """The tuned learning rate of a racer and all learning rates that were tried.

    Args:
        racer: optimizer with its batch size.
        learning_rate: rate with the lowest val cost at the end of the last round.
        val_cost: lowest val cost; inf if every rate diverged.
        tries: (round, learning rate, epochs, val cost) of each try; the cost is inf if
            the try diverged.
        at_edge: whether the rate is the lowest or highest rate tried. If so, a rate
            outside the range tried may be better.
        seconds_per_update: minimum over several short fits, excluding compilation and
            measurement.
    """

    racer: Racer
    learning_rate: float
    val_cost: float
    tries: tuple[Try, ...]
    at_edge: bool
    seconds_per_update: float


@dataclass(frozen=True, eq=False)
class Curve:
    """The costs of a racer's run, measured after selected updates.

    Args:
        racer: name of the racer.
        seed: seed of the run.
        updates: (m,), number of completed updates, starting at 0.
        epochs: (m,), number of completed passes over the training set.
        seconds: (m,), elapsed training time.
        train_cost, val_cost: (m,), measured in inference mode on the leading rows; inf
            after divergence.
        train_score, val_score: (m,), accuracy or mean squared error.
    """

    racer: str
    seed: int
    updates: np.ndarray
    epochs: np.ndarray
    seconds: np.ndarray
    train_cost: np.ndarray
    train_score: np.ndarray
    val_cost: np.ndarray
    val_score: np.ndarray

    def at(self, basis: str, place: float) -> dict[str, float]:
        """Return all columns at the point where `basis` has the value `place`.

        Values between two measurements are interpolated linearly.
        """
        columns = self.columns()
        along = columns[basis]
        return {n: float(np.interp(place, along, v)) for n, v in columns.items()}

    def columns(self) -> dict[str, np.ndarray]:
        """Return the measurement arrays (m,), keyed by name."""
        return {n: v for n, v in vars(self).items() if isinstance(v, np.ndarray)}


@dataclass(frozen=True, eq=False)
class Race:
    """The result of a race.

    Args:
        tuned: racers with their tuned learning rates.
        curves: one curve per racer and seed.
        num_epochs: length of each run.
        seeds: seeds of the runs; the rates were tuned with a different seed.
        notes: caveats about the results.
    """

    tuned: tuple[Tuned, ...]
    curves: tuple[Curve, ...]
    num_epochs: int
    seeds: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def places(self) -> dict[str, float]:
        """The largest numbers of updates, epochs and seconds that all racers reach."""
        return {
            basis: float(min(getattr(curve, basis)[-1] for curve in self.curves))
            for basis in BASES
        }

    def standings(self, basis: str) -> list[dict[str, Any]]:
        """Return the standings at equal updates, epochs or seconds, sorted by val cost.

        Values are means over the seeds. The spread is the standard deviation over the
        seeds, or None for a single seed.
        """
        place = self.places[basis]
        rows: list[dict[str, Any]] = []
        for one in self.tuned:
            name = one.racer.name
            runs = [c.at(basis, place) for c in self.curves if c.racer == name]
            row: dict[str, Any] = {"racer": name, "learning_rate": one.learning_rate}
            for column in runs[0]:
                values = np.array([run[column] for run in runs])
                row[column] = float(values.mean())
                spread = float(values.std(ddof=1)) if len(values) > 1 else None
                row[f"{column}_spread"] = spread
            rows.append(row)
        return sorted(rows, key=lambda row: _last_if_nan(row["val_cost"]))

    def curve_columns(self) -> dict[str, list[Any]]:
        """Return all curves as one table with one row per measurement."""
        table: dict[str, list[Any]] = {}
        for curve in self.curves:
            count = len(curve.updates)
            columns: dict[str, list[Any]] = {
                name: values.tolist() for name, values in curve.columns().items()
            }
            same: dict[str, list[Any]] = {
                "racer": [curve.racer] * count,
                "seed": [curve.seed] * count,
            }
            for name, values in (same | columns).items():
                table.setdefault(name, []).extend(values)
        return table

    def to_json(self) -> dict[str, Any]:
        """Return the racers with their rates and the standings as plain data."""
        return {
            "num_epochs": self.num_epochs,
            "seeds": list(self.seeds),
            "racers": [
                {
                    "racer": one.racer.name,
                    "optimizer": one.racer.optimizer.to_data(),
                    "batch_size": one.racer.batch_size,
                    "learning_rate": one.learning_rate,
                    "val_cost": one.val_cost,
                    "at_edge": one.at_edge,
                    "seconds_per_update": one.seconds_per_update,
                    "tries": [list(each) for each in one.tries],
                }
                for one in self.tuned
            ],
            "places": self.places,
            "standings": {basis: self.standings(basis) for basis in self.places},
            "notes": list(self.notes),
        }


def _last_if_nan(value: float) -> float:
    return value if math.isfinite(value) else math.inf
