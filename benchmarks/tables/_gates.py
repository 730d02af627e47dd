"""Compares Assay's errors and wall times with the peers' and checks the targets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._row import Row
from benchmarks.tables._fit import OURS

__all__ = ["Results", "gates", "losses_of", "weights_of"]

Results = dict[tuple[str, int, str], dict[str, Any]]
"""The result of each contestant by table, seed and name."""

_TARGETS = {  # highest acceptable geometric mean of Assay's error relative to a peer's
    "RealMLP": 0.95,
    "MLP": 0.90,
    "linear": 0.65,
    "support vectors": 1.0,
    "boosted trees": 1.0,
}
_RIVALS = ("linear", "MLP", "RealMLP")
# Minimum fraction of tables on which Assay is as fast as one RealMLP fit, and maximum
# median ratio of Assay's time to RealMLP's.
_FASTER_SHARE, _MEDIAN_TIME = 0.8, 0.5
_RESAMPLED = 2000  # number of bootstrap samples of the tables
_LEAST_ERROR = 1e-3  # lower bound for errors, which may be 0 on a small table
_CLEAR_LOSS = 2.0  # number of standard errors of the paired difference


def gates(tables: list[str], results: Results, out: Path) -> list[Row]:
    """Return a row for each target, computed from the finished tables."""
    rows = []
    for our in OURS:
        judged = _Judged(our, tables, results, out)
        rows += [
            row for peer in _TARGETS for row in judged.errors(peer, _TARGETS[peer])
        ]
        rows += [*judged.losses(), *judged.times()]
    return rows


def losses_of(out: Path, of: tuple[str, int, str]) -> Path:
    """Return the path of the file with a contestant's losses on the test rows."""
    table, seed, contestant = of
    return out / "losses" / f"{table}-{seed}-{contestant.replace(' ', '-')}.npy"


def weights_of(out: Path, table: str, seed: int) -> Path:
    """Return the path of the file with the weights of the test rows."""
    return out / "losses" / f"{table}-{seed}-weights.npy"


@dataclass(frozen=True)
class _Judged:
    """A comparison of one of Assay's contestants with the peers.

    Args:
        our: name of Assay's contestant.
        tables: names of the tables.
        results: results of all contestants.
        out: folder that contains the losses.
    """

    our: str
    tables: list[str]
    results: Results
    out: Path

    def errors(self, peer: str, target: float) -> list[Row]:
        """Return the geometric mean of Assay's error relative to a peer's, over tables.

        The interval is computed by bootstrapping the tables. For the comparison with
        RealMLP, the upper end of the interval must also be below 1.
        """
        logs = [
            np.mean([_log_ratio(*pair) for pair in pairs]) for pairs in self._by(peer)
        ]
        if not logs:
            return []
        low, high = _interval(logs, lambda sample: np.exp(sample.mean(axis=-1)))
        value = float(np.exp(np.mean(logs)))
        row = _row(f"error ratio of {self.our}", peer, (value, low, high), target)
        row = replace(row, more={"tables": len(logs)})
        if peer != "RealMLP":
            return [row]
        name = f"upper end of the error ratio of {self.our}"
        return [row, _row(name, peer, (high, high, high), 1.0)]

    def losses(self) -> list[Row]:
        """Return the number of tables on which the best rival is clearly better.

        If there are several seeds, the median over the seeds is used. On imbalanced
        classes, the protocol decides by balanced accuracy, so the tables are counted
        again using the balanced error.
        """
        name = f"tables with a clear loss of {self.our}"
        return [
            *self._clear_losses(name, balanced=False),
            *self._clear_losses(f"{name} by its own metric", balanced=True),
        ]

    def _clear_losses(self, name: str, *, balanced: bool) -> list[Row]:
        scores = {
            table: float(np.median(found))
            for table in self.tables
            if (found := [*self._standard_errors(table, balanced=balanced)])
        }
        if not scores:
            return []
        clear = [name for name, score in scores.items() if score > _CLEAR_LOSS]
        count = float(len(clear))
        row = _row(name, "best rival", (count, count, count), 0.0)
        more = {"lost": clear, "standard_errors": scores, "tables": len(scores)}
        return [replace(row, unit="tables", more=more)]

    def times(self) -> list[Row]:
        """Return rows that compare the protocol's wall times with one RealMLP fit's.

        The ratio of processor times is included, because it is more reliable on a busy
        machine.
        """
        ratios = self._ratios("seconds")
        if not ratios:
            return []
        share = float(np.mean(np.array(ratios) <= 1))
        ends = _interval(ratios, lambda sample: (sample <= 1).mean(axis=-1))
        name = f"share of tables on which {self.our} is as fast"
        faster = _row(name, "RealMLP", (share, *ends), _FASTER_SHARE)
        ends = _interval(ratios, lambda sample: np.median(sample, axis=-1))
        value = (float(np.median(ratios)), *ends)
        name = f"median time ratio of {self.our}"
        ratio = _row(name, "RealMLP", value, _MEDIAN_TIME)
        processor = float(np.median(self._ratios("cpu_seconds")))
        return [
            replace(faster, unit="share", better="higher"),
            replace(ratio, more={"tables": len(ratios), "processor": processor}),
        ]

    def _ratios(self, time: str) -> list[float]:
        """Return Assay's median time relative to RealMLP's, by table."""
        return [
            float(np.median([a[time] / b[time] for a, b in pairs]))
            for pairs in self._by("RealMLP")
        ]

    def _seeds(self, table: str, contestants: Sequence[str]) -> list[tuple[str, int]]:
        """Return the (table, seed) pairs that all contestants have finished."""
        found = sorted({seed for name, seed, _ in self.results if name == table})
        return [
            (table, seed)
            for seed in found
            if all("error" in self._result((table, seed, one)) for one in contestants)
        ]

    def _standard_errors(self, table: str, *, balanced: bool) -> Iterator[float]:
        """Yield the best rival's lead in standard errors, for each seed."""
        for of in self._seeds(table, (self.our, *_RIVALS)):
            ours = self._losses((*of, self.our), balanced=balanced)
            rivals = [self._losses((*of, one), balanced=balanced) for one in _RIVALS]
            difference = ours - min(rivals, key=np.mean)
            error = difference.std(ddof=1) / np.sqrt(len(difference))
            yield float(difference.mean() / error) if error else 0.0

    def _losses(self, of: tuple[str, int, str], *, balanced: bool) -> np.ndarray:
        """Return a contestant's losses, whose mean is its error or balanced error."""
        losses = np.load(losses_of(self.out, of))
        weights = weights_of(self.out, *of[:2])
        return losses * np.load(weights) if balanced and weights.exists() else losses

    def _by(self, peer: str) -> list[list[Any]]:
        """Return pairs of results by table, for seeds that Assay and the peer ran."""
        found = [self._pairs(peer, table) for table in self.tables]
        return [pairs for pairs in found if pairs]

    def _pairs(self, peer: str, table: str) -> list[Any]:
        both = self.our, peer
        return [
            [self._result((*of, one)) for one in both]
            for of in self._seeds(table, both)
        ]

    def _result(self, of: tuple[str, int, str]) -> dict[str, Any]:
        return self.results.get(of, {})


def _row(name: str, peer: str, value: tuple[float, float, float], target: float) -> Row:
    middle, low, high = value
    return Row(name, peer, middle, low, high, target, better="lower")


def _interval(values: list[Any], statistic: Any) -> tuple[float, float]:
    """Return the 95% bootstrap interval for a statistic over the tables."""
    samples = np.random.default_rng(0).choice(values, (_RESAMPLED, len(values)))
    low, high = np.quantile(statistic(samples), [0.025, 0.975])
    return float(low), float(high)


def _log_ratio(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    errors = [max(result["error"], _LEAST_ERROR) for result in (ours, theirs)]
    return float(np.log(errors[0] / errors[1]))
