"""Formats the stages of a run that precede the test."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay.report._format import (
    Record,
    count,
    figures,
    setting,
)
from assay.report._metric_titles import metric_title

__all__ = ["layers_text", "stages", "task_text"]


def layers_text(layers: Sequence[str | Mapping[str, Any]]) -> str:
    """Return a one-line description of a model's layers.

    Example:
        >>> layers_text([{"kind": "dense", "units": 64, "bias": True}, "relu"])
        'dense 64 → relu'
    """
    return " → ".join(map(_layer, layers)) or "no hidden layers"


def _layer(layer: str | Mapping[str, Any]) -> str:
    """Return a layer's kind and its first number, such as its units or its rate."""
    if isinstance(layer, str):
        return layer
    kind = str(layer.get("kind", layer.get("name", "?")))
    if kind == "own_module":
        return f"{layer.get('factory')} (written in Python)"
    values = [v for v in layer.values() if isinstance(v, int | float)]
    numbers = [setting(v) for v in values if not isinstance(v, bool)]
    return " ".join([kind, *numbers[:1]])


def task_text(summary: Record) -> str:
    target = summary["data"].get("target")
    return summary["task"] + (f", predicts {target}" if target else "")


def stages(summary: Record) -> list[tuple[str, ...]]:
    """Return (label, texts) pairs for the stages that precede the test."""
    data, split, model = summary["data"], summary["split"], summary["model"]
    size = [count(data["num_examples"], "example")]
    size.append(count(data["num_features"], "feature"))
    if data["classes"]:
        size.append(count(len(data["classes"]), "class", "classes"))
    parts = [f"{part} {split[part]:,}" for part in ("train", "val", "test")]
    refit = summary["refit"]
    epochs = count(refit["epochs"], "epoch")
    examples = count(refit["num_examples"], "example")
    return [
        ("data", f"{data['source']}: {', '.join(size)}", *_reading(data)),
        ("split", f"{', '.join(parts)}, by {split['by']}", *split.get("notes", ())),
        (
            "model",
            layers_text(model["layers"]),
            _size(model),
        ),
        *_start(model),
        ("chosen", *_chosen(summary["tune"])),
        ("refit", f"on train + val: {examples}, {epochs}"),
    ]


def _size(model: Record) -> str:
    members = model.get("members", 1)
    several = f"mean of {members} members, " if members > 1 else ""
    return several + count(model["num_parameters"], "parameter")


def _start(model: Record) -> list[tuple[str, ...]]:
    """Return texts about a model's source run and its frozen layers, if any."""
    texts: list[str] = []
    if (start := model.get("start")) is not None:
        taken, fresh = ", ".join(start["taken"]), ", ".join(start["fresh"]) or "nothing"
        reason = f" ({start['output']})" if "output" in start["fresh"] else ""
        source = f"{start['run']}, model {start['sha256'][:12]}"
        texts += [f"from {source}: {taken}", f"fresh: {fresh}{reason}"]
    if (frozen := model.get("frozen")) is not None:
        part, total = frozen["num_parameters"], model["num_parameters"]
        layers = ", ".join(frozen["layers"])
        texts.append(f"frozen: {layers}; {part:,} of {total:,} parameters")
    return [("start", *texts)] if texts else []


def _reading(data: Record) -> list[str]:
    """Return notes about how the data were read and how the rows were streamed."""
    notes = list(data.get("notes", ()))
    streaming = data.get("streaming")
    if not streaming:
        return notes
    return [
        # If there are notes, the first one states the reason.
        *(notes or [streaming["reason"]]),
        f"Shuffling is {streaming['shuffle']}.",
        f"Train metrics and baselines use {streaming['rows_measured']:,} rows.",
    ]


def _chosen(tune: Record | None) -> list[str]:
    if tune is None:
        return ["a single setting, without a search"]
    (best,) = figures(tune["best_val"])
    trials = count(tune["num_trials"], "trial")
    texts = [f"selected from {trials}: val {metric_title(tune['metric'])} {best}"]
    values = [f"{name} {setting(value)}" for name, value in _values(tune)]
    texts += [", ".join(values)] if values else []
    return [*texts, *tune.get("notes", ())]


def _values(tune: Record) -> list[tuple[str, Any]]:
    values: Mapping[str, Any] = tune.get("values") or {}
    return list(values.items())
