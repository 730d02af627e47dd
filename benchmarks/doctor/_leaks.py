"""Tests the data checks on tables with leaks across the split and on clean tables.

Findings are warnings, or advice if they depend on the meaning of a column or of the row
order. The thresholds of the checks were chosen using only the tables in `_CHOSEN_WITH`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from assay.data import Dataset, load, look, split
from benchmarks.doctor._tables import read

__all__ = ["HONEST", "LEAKS", "Leak", "Table", "leak_records", "leak_table"]

Record = dict[str, Any]
_CODES = (
    *("target_copy", "exact_duplicates", "near_duplicates"),
    *("group_across_split", "time_order"),
)
_GROUP = ("group_across_split", "near_duplicates")
_CHOSEN_WITH = ("wine", "moons", "friedman1", "breast_cancer", "diabetes", "digits")
_OTHERS = ("iris", "circles", "friedman2", "blobs", "hypercube")
_NUM_DOSES = 3
_MEMBERS = 4  # number of rows in each group
_CHANGE = 0.6  # fraction of the time range after which the classes are renumbered
# Spread of the rows within a group, relative to that of all rows.
_UNLIKE, _IDENTICAL = 0.3, 0.02


@dataclass(frozen=True)
class Table:
    """Rows in file order.

    Args:
        inputs: (n, d).
        target: (n,), classes or quantities.
        is_regression: whether the targets are quantities.
        more: additional columns by name.
    """

    inputs: np.ndarray
    target: np.ndarray
    is_regression: bool
    more: dict[str, pl.Series]

    def at(self, rows: np.ndarray, **more: pl.Series) -> "Table":
        """Return the given rows, which may be repeated, with additional columns."""
        return Table(self.inputs[rows], self.target[rows], self.is_regression, more)

    def dataset(self) -> Dataset:
        """Return the rows as a data set."""
        columns = {f"x{i}": values for i, values in enumerate(self.inputs.T)}
        target = self.target if self.is_regression else [f"c{y}" for y in self.target]
        frame = pl.DataFrame({**columns, **self.more, "target": target})
        return load(frame, target="target")


@dataclass(frozen=True)
class Leak:
    """A leak with three severities.

    Args:
        expected: codes of the findings that report this leak.
        plant: function (table, dose number, generator) -> table with the leak.
    """

    expected: tuple[str, ...]
    plant: Callable[[Table, int, np.random.Generator], Table]


def _copies(table: Table, dose: int, rng: np.random.Generator) -> Table:
    size = len(table.target)
    again = rng.permutation(size)[: round((0.1, 0.2, 0.4)[dose] * size)]
    return table.at(rng.permutation(np.concatenate([np.arange(size), again])))


def _near_copies(table: Table, dose: int, rng: np.random.Generator) -> Table:
    size = len(table.target)
    again = rng.permutation(size)[: round((0.2, 0.3, 0.5)[dose] * size)]
    rows = table.at(np.concatenate([np.arange(size), again]))
    rows.inputs[size:] += rng.normal(size=rows.inputs[size:].shape) * (
        0.01 * table.inputs.std(axis=0)
    )
    return rows.at(rng.permutation(len(rows.target)))


def _grouped(
    table: Table, dose: int, rng: np.random.Generator, spread: float = _UNLIKE
) -> Table:
    """Return several similar rows for each object, sorted by object.

    Some objects have random targets, which can be predicted only from other rows of the
    same object.
    """
    objects = rng.permutation(len(table.target))[: len(table.target) // 2]
    rows = table.at(np.repeat(objects, _MEMBERS))
    inputs = rows.inputs + rng.normal(size=rows.inputs.shape) * (
        spread * table.inputs.std(axis=0)
    )
    share = (0.25, 0.5, 1.0)[dose]
    own = table.target[rng.permutation(objects)]
    changed = rng.random(len(objects)) < share
    target = np.repeat(np.where(changed, own, table.target[objects]), _MEMBERS)
    return Table(inputs, target, table.is_regression, {})


def _with_names(name: str) -> Callable[[Table, int, np.random.Generator], Table]:
    def plant(table: Table, dose: int, rng: np.random.Generator) -> Table:
        rows = _grouped(table, dose, rng)
        names = rng.permutation(len(rows.target) // _MEMBERS)
        order = rng.permutation(len(rows.target))
        return rows.at(order, **{name: pl.Series(np.repeat(names, _MEMBERS)[order])})

    return plant


def _mixed(table: Table, dose: int, rng: np.random.Generator) -> Table:
    rows = _grouped(table, dose, rng, _IDENTICAL)
    return rows.at(rng.permutation(len(rows.target)))


def _dates(size: int) -> pl.Series:
    start = datetime(2024, 1, 1)
    return pl.Series([start + timedelta(hours=7 * i) for i in range(size)])


def _drifting(table: Table, dose: int, rng: np.random.Generator) -> Table:
    """Return rows whose inputs and targets drift over time."""
    size = len(table.target)
    rows = table.at(rng.permutation(size))
    time = np.linspace(0, 1, size)
    step = (1, 2, 4)[dose] * rng.choice((-1, 1), table.inputs.shape[1])
    inputs = rows.inputs + np.outer(time, step * table.inputs.std(axis=0))
    if table.is_regression:
        target = rows.target + (2, 3, 5)[dose] * time * table.target.std()
    else:
        num_classes = int(table.target.max()) + 1
        target = (rows.target + (time > _CHANGE)) % num_classes
    return Table(inputs, target, table.is_regression, {})


def _dated(table: Table, dose: int, rng: np.random.Generator) -> Table:
    rows = _drifting(table, dose, rng)
    order = rng.permutation(len(rows.target))
    return rows.at(order, day=_dates(len(order))[order])


def _copied_target(table: Table, dose: int, rng: np.random.Generator) -> Table:
    size = len(table.target)
    noise = (0.02, 0.01, 0.001) if table.is_regression else (0.15, 0.1, 0.01)
    spread = table.target.std() if table.is_regression else 1.0
    leak = table.target + rng.normal(size=size) * noise[dose] * spread
    return table.at(np.arange(size), leak=pl.Series(leak))


LEAKS: dict[str, Leak] = {
    "exact copies": Leak(("exact_duplicates",), _copies),
    "near copies": Leak(("near_duplicates",), _near_copies),
    "groups, patient_id": Leak(_GROUP, _with_names("patient_id")),
    "groups, whole numbers": Leak(_GROUP, _with_names("lot")),
    "groups, in file order": Leak(_GROUP, _grouped),
    "groups, mixed": Leak(_GROUP, _mixed),
    "drift, dates": Leak(("time_order",), _dated),
    "drift, in file order": Leak(("time_order", "group_across_split"), _drifting),
    "target copy": Leak(("target_copy",), _copied_target),
}


def _sorted_by_target(table: Table, rng: np.random.Generator) -> Table:
    return table.at(np.argsort(table.target, kind="stable"))


def _sorted_by_input(table: Table, rng: np.random.Generator) -> Table:
    return table.at(np.argsort(table.inputs[:, 0], kind="stable"))


def _with_column(table: Table, rng: np.random.Generator) -> Table:
    size = len(table.target)
    more = {
        "patient_id": pl.Series(rng.permutation(size) // 3),
        "lot": pl.Series(rng.integers(0, 40, size)),
        "city": pl.Series([f"city {i}" for i in rng.integers(0, 30, size)]),
        "day": _dates(size),
    }
    return table.at(rng.permutation(size), **more)


HONEST: dict[str, Callable[[Table, np.random.Generator], Table]] = {
    "as it is": lambda table, rng: table,
    "mixed": lambda table, rng: table.at(rng.permutation(len(table.target))),
    "sorted by target": _sorted_by_target,
    "sorted by an input": _sorted_by_input,
    "more columns": _with_column,
}


def leak_records(seeds: int) -> Iterator[Record]:
    """Yield the findings of the checks for tables with leaks and for clean tables."""
    for name in (*_CHOSEN_WITH, *_OTHERS):
        inputs, target, num_classes = read(name)
        table = Table(inputs.astype(float), target, num_classes == 1, {})
        for seed in range(seeds):
            for kind, make, expected in _tables():
                found = _found(make(table, np.random.default_rng(seed)), seed)
                found = {code: word for code, word in found.items() if code in expected}
                yield {"kind": kind, "data": name, "seed": seed, "found": found}


def _tables() -> Iterator[tuple[str, Callable[..., Table], tuple[str, ...]]]:
    """Yield the name of each kind of table, the function that creates it, and the codes
    of the findings to count."""
    for kind, leak in LEAKS.items():
        for dose in range(_NUM_DOSES):
            yield kind, partial(_planted, leak, dose), leak.expected
    for kind, make in HONEST.items():
        yield kind, make, _CODES


def _planted(leak: Leak, dose: int, table: Table, rng: np.random.Generator) -> Table:
    return leak.plant(table, dose, rng)


def _found(table: Table, seed: int) -> dict[str, str]:
    dataset = table.dataset()
    findings = look(dataset, split(dataset, seed=seed), checks=_CODES)
    return {
        finding.code: finding.severity
        for finding in reversed(findings)
        if finding.severity != "info"
    }


def leak_table(records: Sequence[Record]) -> str:
    """Return a table of the findings.

    The data sets with which the thresholds were chosen are separate from the others.
    """
    lines = [f"{'table':24} {'data':7} {'found':>8} {'warnings':>9}"]
    for kind in (*LEAKS, *HONEST):
        for word, names in (("chosen", _CHOSEN_WITH), ("others", _OTHERS)):
            own = [r for r in records if r["kind"] == kind and r["data"] in names]
            found = sum(bool(r["found"]) for r in own)
            warned = sum("warning" in r["found"].values() for r in own)
            lines.append(
                f"{kind:24} {word:7} {found:4}/{len(own):3} {warned:5}/{len(own):3}"
            )
    return "\n".join(lines)
