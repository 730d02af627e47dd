"""Experiment files, and specs that are converted to data and back."""

import random
import tomllib
from pathlib import Path
from typing import Any

import tomli_w
from scripts.fuzz._mutate import changed_bytes, changed_value
from scripts.fuzz.kinds._kind import Kind

from assay import spec

__all__ = ["SEEDS", "SPECS"]

SEEDS: list[dict[str, Any]] = [
    {"data": "iris", "seed": 3, "num_epochs": 5, "batch_size": "all"},
    {
        "data": "cells.csv",
        "target": "kind",
        "ignore": ["id"],
        "kinds": {"zip": "category"},
        "split": {
            "by": "group",
            "column": "owner",
            "train": 0.6,
            "val": 0.2,
            "test": 0.2,
        },
        "model": [
            {"kind": "dense", "units": 8, "initializer": "he"},
            {"kind": "relu"},
            {"kind": "dropout", "rate": "uniform(0.0, 0.5)"},
            {"kind": "batch_norm"},
        ],
        "cost": {"kind": "huber", "delta": 2.0},
        "optimizer": {"kind": "adam", "learning_rate": "log(1e-4, 1e-1)"},
        "schedule": {"kind": "cosine"},
        "regularizers": [{"kind": "l2", "strength": 0.01}],
        "clip_norm": 1.0,
        "learning_rate_of": {"dense*": 0.5},
        "tune": {"num_trials": 5, "sampler": "tpe", "group_size": 2},
    },
    {
        "data": "images",
        "image_size": [8, 8],
        "model": [
            {"kind": "conv2d", "filters": 4, "size": 3, "stride": [1, 2]},
            {"kind": "max_pool2d", "size": 2},
            {"kind": "residual", "layers": [{"kind": "layer_norm"}]},
            {"kind": "flatten"},
        ],
        "augment": [{"kind": "horizontal_flip"}],
        "freeze": ["conv*"],
        "start_from": "runs/images-1",
        "members": 2,
        "precision": "float32",
    },
]
_TOKENS = (
    b"[",
    b"]",
    b"{",
    b"}",
    b"=",
    b'"',
    b"'''",
    b"\n",
    b"#",
    b"inf",
    b"nan",
    b"1e400",
)
_TOKENS += (b"kind", b"true", b"1979-05-27", b"07:32:00", b"0xff", b"1_000", b"\\u0000")
_TOKENS += (
    b"[[model]]",
    b"[tune]",
    b"log(1e-4, 1e-1)",
    b"choice(",
    b".",
    b"\xff",
    b",",
)
_TOKENS += (b"9" * 400, b"[" * 300)


def _read(fields: dict[str, Any]) -> None:
    """Create an experiment from plain data, then write and read it in all formats."""
    experiment = spec.Experiment(**fields)
    experiment.spaces(), experiment.traced(), experiment.structure()
    experiment._repr_html_()
    plain = experiment.to_data()
    again = spec.Experiment(**plain)
    assert again == experiment, f"{again!r} is not {experiment!r}"
    text = tomli_w.dumps(_without_none(plain))
    assert spec.Experiment(**tomllib.loads(text)).to_data() == plain, text


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {n: _without_none(v) for n, v in value.items() if v is not None}
    return [_without_none(v) for v in value] if isinstance(value, list) else value


class Toml(Kind):
    """Experiment files."""

    name, share = "toml", 0.15

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._path = folder / "experiment.toml"
        self._seeds = [tomli_w.dumps(fields).encode() for fields in SEEDS]

    def draw(self, source: random.Random) -> bytes:
        """Draw the text of a file."""
        seed = source.choice(self._seeds)
        return changed_bytes(seed, source, others=self._seeds, tokens=_TOKENS)

    def read(self, drawn: bytes) -> None:
        """Read the file as an experiment."""
        self._path.write_bytes(drawn)
        _read(spec.read_data(self._path))


class Specs(Kind):
    """Experiments as plain data, as created in Python, in a file or in the lab."""

    name, share = "spec", 0.2

    def draw(self, source: random.Random) -> dict[str, Any]:
        """Draw the fields of an experiment."""
        fields = source.choice(SEEDS)
        for _ in range(source.randint(0, 3)):
            changed = changed_value(fields, source)
            fields = changed if isinstance(changed, dict) else fields
        return fields

    def read(self, drawn: dict[str, Any]) -> None:
        """Create an experiment from the fields."""
        _read(drawn)


SPECS = (Toml, Specs)
