"""Formats the results of a race at equal updates, epochs and seconds as text."""

import math
from collections.abc import Mapping
from typing import Any

from assay.report._format import WIDTH, count, entry, page, setting, table
from assay.report._stages import layers_text

__all__ = ["race_text"]

_BASES = {"updates": "{:,.0f}", "epochs": "{:.3g}", "seconds": "{:.3g}"}


def race_text(summary: Mapping[str, Any]) -> str:
    """Return the results of a race as text with lines of at most 88 characters.

    Args:
        summary: contents of `race.json`.
    """
    data, split = summary["data"], summary["split"]
    racers, seeds = len(summary["racers"]), len(summary["seeds"])
    head = f"race · {data['source']} · {count(racers, 'optimizer')}"
    epochs = count(summary["num_epochs"], "epoch")
    model = layers_text(summary["model"]["layers"])
    size = count(summary["model"]["num_parameters"], "parameter")
    lines = [f"{head}, {count(seeds, 'seed')}, {epochs}", "─" * WIDTH]
    lines += entry(
        "split",
        f"train {split['train']:,}, val {split['val']:,}; the test set stays sealed",
    )
    lines += entry("model", f"{model}: {size}")
    lines += entry("start", _START)
    lines += entry("rates", _rates(summary))
    for basis, form in _BASES.items():
        place = form.format(summary["places"][basis])
        lines += ["", f"  at equal {basis}: {place}"]
        lines += _standings(summary, basis, several=seeds > 1)
    if summary["notes"]:
        lines += ["", *entry("notes", *(f"! {note}" for note in summary["notes"]))]
    return page(lines)


_START = (
    "for each seed, all optimizers use the same initial values and row order; costs "
    "are means ± standard deviations over the seeds; rows are sorted by val cost"
)


def _rates(summary: Mapping[str, Any]) -> str:
    """Return a sentence that explains how the learning rates were tuned."""
    tries = summary["racers"][0]["tries"]
    rounds = [[t for t in tries if t[0] == number] for number in (1, 2)]
    first, last = rounds
    return (
        "all rates are tuned on val with a separate seed and the same budget: "
        f"{len(first)} rates from 0.01 to 100 times the optimizer's default are tried "
        f"for {count(first[0][2], 'epoch')}, and the best {len(last)} of them for "
        f"{count(last[0][2], 'epoch')}"
    )


def _standings(summary: Mapping[str, Any], basis: str, *, several: bool) -> list[str]:
    others = [name for name in _BASES if name != basis]
    head = ["", "rate", *others, f"train {_cost(summary)}", f"val {_cost(summary)}"]
    rows: list[list[str]] = []
    for row in summary["standings"][basis]:
        cells = [row["racer"], setting(row["learning_rate"])]
        cells += [_BASES[name].format(row[name]) for name in others]
        for name in ("train_cost", "val_cost"):
            cells.append(
                _measured(row[name], row[f"{name}_spread"] if several else None)
            )
        rows.append(cells)
    return table(rows, head=head, numbers=[1, 2, 3, 4, 5], indent=4)


def _cost(summary: Mapping[str, Any]) -> str:
    return str(summary["cost"]).replace("_", " ")


def _measured(value: float | None, spread: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "diverged"
    text = f"{value:.4f}" if abs(value) < 100 else f"{value:.4g}"
    return text if spread is None else f"{text} ± {spread:.2g}"
