"""Computes the gates of the benchmark from the records of its cases."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.doctor._published import RULE_SETS

__all__ = ["comparison", "gates", "table"]

Record = dict[str, Any]
_LEAST_GAP, _LEAST_EFFECT, _MOST_P = 0.03, 0.5, 0.05
# Minimum fraction of the gap to the healthy twin that a repair must close.
_CLOSED = 0.8
_REFUSALS = ("no_signal",)


def harmful(records: Sequence[Record]) -> set[str]:
    """Return the cases whose planted faults have proven to be harmful.

    A fault with a given dose is harmful to a data set if its fits are worse than their
    healthy twins: p < 0.05 in a permutation test, an effect of at least 0.5 standard
    deviations, and a difference of at least 3 percentage points of accuracy or 10% of
    the RMSE.
    """
    groups: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in records:
        if record["plant"] != "healthy":
            keys = "plant", "data", "optimizer", "dose"
            groups[tuple(record[key] for key in keys)].append(record)
    return {r["case"] for group in groups.values() if _hurts(group) for r in group}


def _hurts(group: Sequence[Record]) -> bool:
    twins = np.array([r["twin"] for r in group])
    # Scores of diverged fits are -inf.
    scores = np.maximum([r["score"] for r in group], twins - 10)
    gaps = twins - scores
    rng = np.random.default_rng(0)
    signs = rng.choice((-1, 1), (2000, len(gaps)))
    p_value = ((signs * gaps).mean(axis=1) >= gaps.mean() - 1e-12).mean()
    least = _LEAST_GAP if twins.mean() >= 0 else 0.1 * abs(twins.mean())
    spread = max(gaps.std(), 1e-9)
    return bool(
        p_value < _MOST_P
        and gaps.mean() / spread >= _LEAST_EFFECT
        and gaps.mean() >= least
    )


def is_healthy(record: Record) -> bool:
    """Return whether a control does not overfit and is not worse than simple models."""
    reference = record["reference"]
    behind = reference is not None and record["val_skill"] < reference - 0.1
    return not behind and record["skill"] - record["val_skill"] < 0.25


def gates(records: Sequence[Record]) -> list[Record]:
    """Return a row for each gate."""
    hurt = harmful(records)
    well = [r for r in records if r["plant"] == "healthy" and is_healthy(r)]
    sick = [r for r in records if r["case"] in hurt and not r["refuse"]]
    refuse = [r for r in records if r.get("refuse")]
    treated = [r for r in sick if "kept" in r and _found(r)]
    rows = [_row("false alarms", well, lambda r: bool(r["alarms"]), 0.02, most=True)]
    for dose, target in (("subtle", None), ("clear", 0.85), ("gross", 0.95)):
        some = [r for r in sick if r["dose"] == dose]
        rows.append(_row(f"recall, {dose}", some, _found, target))
    rows += [
        _row("first cause correct", [r for r in sick if r["alarms"]], _first, 0.8),
        _row("repaired", treated, lambda r: _closed(r, "mended"), 0.85),
        _row("repaired by random search", treated, lambda r: _closed(r, "searched")),
        _row("repaired by other seeds", treated, lambda r: _closed(r, "reseeded")),
        _row("harmed", [r for r in records if "kept" in r], _harmed, 0.01, most=True),
        _row("refusals", refuse, _refused, 1.0),
    ]
    return rows


def comparison(records: Sequence[Record]) -> str:
    """Return a table of the alarms raised by the doctor and by published rules."""
    hurt = harmful(records)
    well = [r for r in records if r["plant"] == "healthy" and is_healthy(r)]
    sick = [r for r in records if r["case"] in hurt and not r["refuse"]]
    lines = [f"{'alarms':16} {'healthy runs':>20} {'harmful faults':>20}"]
    for name in ("the doctor", *RULE_SETS):
        shares = (_share(_row(name, part, _fires(name))) for part in (well, sick))
        lines.append(f"{name:16} " + " ".join(f"{share:>20}" for share in shares))
    return "\n".join(lines)


def _fires(name: str) -> Callable[[Record], bool]:
    if name in RULE_SETS:
        return lambda record: name in record["published"]
    return lambda record: bool(record["alarms"])


def _share(row: Record) -> str:
    if row["value"] is None:
        return "-"
    return f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"


def _row(
    gate: str,
    records: Sequence[Record],
    holds: Callable[[Record], bool],
    target: float | None = None,
    *,
    most: bool = False,
) -> Record:
    from scipy.stats import binomtest

    right, number = sum(map(holds, records)), len(records)
    if not number:
        return {"gate": gate, "value": None, "target": target, "reached": None, "n": 0}
    interval = binomtest(right, number).proportion_ci(method="wilson")
    value = right / number
    reached = None
    if target is not None:
        reached = value <= target if most else value >= target
    return {
        "gate": gate,
        "value": value,
        "low": float(interval.low),
        "high": float(interval.high),
        "target": target,
        "reached": reached,
        "n": number,
    }


def _found(record: Record) -> bool:
    return any(code in record["expected"] for code in record["alarms"])


def _first(record: Record) -> bool:
    return record["alarms"][0] in record["expected"]


def _closed(record: Record, name: str) -> bool:
    after = record.get(name)
    gap = record["twin"] - max(record["score"], record["twin"] - 10)
    return after is not None and record["twin"] - after <= (1 - _CLOSED) * gap


def _harmed(record: Record) -> bool:
    after, before = record.get("mended"), record["score"]
    if after is None:
        return False
    least = _LEAST_GAP if before >= 0 else 0.1 * abs(before)
    return before - after > least


def _refused(record: Record) -> bool:
    only = all(code in _REFUSALS for code in record["alarms"])
    return only and not record.get("kept")


def table(records: Sequence[Record]) -> str:
    """Return a table with a row for each planted fault and dose."""
    hurt = harmful(records)
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        if record["plant"] != "healthy":
            groups[record["plant"], record["dose"]].append(record)
    lines = [f"{'planted fault':18} {'dose':7} harmful  found  first  repaired"]
    for (plant, dose), group in groups.items():
        bad = [r for r in group if r["case"] in hurt]
        found = [r for r in bad if _found(r)]
        first = [r for r in found if _first(r)]
        treated = [r for r in found if "kept" in r]
        mended = [r for r in treated if _closed(r, "mended")]
        lines.append(
            f"{plant:18} {dose:7} {len(bad):3}/{len(group):3}  {len(found):4}  "
            f"{len(first):5}  {len(mended):3}/{len(treated)}"
        )
    return "\n".join(lines)
