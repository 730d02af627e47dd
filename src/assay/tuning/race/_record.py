"""What a race brought forth: curves, and who stands where at equal cost."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.tuning.race._contestants import Racer

__all__ = ["BASES", "Curve", "Race", "Try", "Tuned"]

BASES = ("updates", "epochs", "seconds")
"""What racers are compared at equal amounts of."""


Try = tuple[int, float, int, float]  # round, learning rate, epochs, val cost


@dataclass(frozen=True)
class Tuned:
    """The learning rate of a racer, and how it was found.

    Args:
        racer: who.
        learning_rate: with the lowest val cost at the end of the last round.
        val_cost: that cost; inf where every rate diverged.
        tries: (round, learning rate, epochs, val cost) of each try; inf where it
            diverged.
        at_edge: whether the rate is the least or greatest of those tried, so that a
            better one may lie beyond.
        seconds_per_update: the least over its tries, without compiling and measuring.
    """

    racer: Racer
    learning_rate: float
    val_cost: float
    tries: tuple[Try, ...]
    at_edge: bool
    seconds_per_update: float


@dataclass(frozen=True, eq=False)
class Curve:
    """One run of one racer: costs of train and val at some of its updates.

    Args:
        racer: its name.
        seed: of the run.
        updates: (m,), number of updates so far, from 0.
        epochs: (m,), passes over the train part so far.
        seconds: (m,), of training so far.
        train_cost, val_cost: (m,), measured outside of training, on the leading rows;
            inf once it has diverged.
        train_score, val_score: (m,), share of right classes, or mean squared error.
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
        """Return every column where `basis` ("updates", …) has reached a place.

        Between two measurements it goes over linearly.
        """
        columns = {n: v for n, v in vars(self).items() if isinstance(v, np.ndarray)}
        along = columns[basis]
        return {n: float(np.interp(place, along, v)) for n, v in columns.items()}


@dataclass(frozen=True, eq=False)
class Race:
    """What a race brought forth.

    Args:
        tuned: each racer with its learning rate.
        curves: of every racer and seed.
        num_epochs: each ran.
        seeds: of the runs; the rates were tuned under another one.
        notes: what to know before reading the tables.
    """

    tuned: tuple[Tuned, ...]
    curves: tuple[Curve, ...]
    num_epochs: int
    seeds: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def places(self) -> dict[str, float]:
        """Where all are compared: updates, epochs and seconds that everyone reached."""
        return {
            basis: float(min(getattr(curve, basis)[-1] for curve in self.curves))
            for basis in BASES
        }

    def standings(self, basis: str) -> list[dict[str, Any]]:
        """Return everyone at equal updates, epochs or seconds, the best val cost first.

        Costs are means over the seeds; the spread is their standard deviation, None
        for one seed.
        """
        place, rows = self.places[basis], []
        for one in self.tuned:
            name = one.racer.name
            found = [c.at(basis, place) for c in self.curves if c.racer == name]
            row: dict[str, Any] = {"racer": name, "learning_rate": one.learning_rate}
            for column in found[0]:
                values = np.array([at[column] for at in found])
                row[column] = float(values.mean())
                spread = float(values.std(ddof=1)) if len(values) > 1 else None
                row[f"{column}_spread"] = spread
            rows.append(row)
        return sorted(rows, key=lambda row: _last_if_nan(row["val_cost"]))

    def curve_columns(self) -> dict[str, list[Any]]:
        """Return all curves as one table, a row a measurement."""
        table: dict[str, list[Any]] = {}
        for curve in self.curves:
            count = len(curve.updates)
            for name, values in vars(curve).items():
                several = isinstance(values, np.ndarray)
                plain = values.tolist() if several else [values] * count
                table.setdefault(name, []).extend(plain)
        return table

    def to_json(self) -> dict[str, Any]:
        """Return plain data: who ran at which rate, and the three tables."""
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
