"""`assay race` prints tables, writes records and leaves the test set sealed."""

import json

import numpy as np
import polars as pl
import pytest

import assay
from assay.data import Preparation, load, split

WORDS = ("race", "iris", "--optimizers", "sgd@all,sgd@1,adam", "--seeds", "2")
WORDS += ("--epochs", "3", "--model", "linear", "--out", "raced")


@pytest.fixture
def seen(monkeypatch):
    """All row numbers that were prepared."""
    found = set()
    transform, targets = Preparation.transform, Preparation.targets

    def watched(method):
        def run(self, frame, rows=None):
            found.update(np.asarray(rows).tolist())
            return method(self, frame, rows)

        return run

    monkeypatch.setattr(Preparation, "transform", watched(transform))
    monkeypatch.setattr(Preparation, "targets", watched(targets))
    return found


def test_tables_records_and_the_seal(command, seen, tmp_path):
    done = command(*WORDS)
    assert (done.code, done.faults) == (0, [])
    lines = done.out.splitlines()
    assert max(map(len, lines)) <= 88
    assert lines[0] == "race · iris · 3 optimizers, 2 seeds, 3 epochs"
    for basis in ("updates: 3", "epochs: 3", "seconds: "):
        (place,) = [i for i, line in enumerate(lines) if f"at equal {basis}" in line]
        names = [line.split()[0] for line in lines[place + 2 : place + 5]]
        assert sorted(names) == ["adam", "sgd@1", "sgd@all"]
        assert "±" in lines[place + 2]
    dataset = load("iris")
    parts = split(dataset, seed=0).parts
    assert seen == {*parts["train"].tolist(), *parts["val"].tolist()}
    assert not (tmp_path / "ledger.jsonl").exists()

    summary = json.loads((tmp_path / "raced" / "race.json").read_text())
    assert summary["split"]["test"] == 23
    curves = pl.read_parquet(tmp_path / "raced" / "curves.parquet")
    assert set(curves["racer"]) == set(names)
    last = curves.filter((pl.col("racer") == "adam") & (pl.col("epochs") == 3))
    row = next(r for r in summary["standings"]["epochs"] if r["racer"] == "adam")
    assert row["val_cost"] == pytest.approx(last["val_cost"].mean())
    tries = pl.read_parquet(tmp_path / "raced" / "tries.parquet")
    assert tries.height == 3 * (9 + 3)


def test_json_is_what_python_gives(command):
    done = command(*WORDS[:-2], "--json", "--seed", "5")
    told = json.loads(done.out)
    options = {"optimizers": ["sgd@all", "sgd@1", "adam"], "seeds": 2, "epochs": 3}
    raced = assay.race("iris", model="linear", seed=5, **options)
    costs = [
        {row["racer"]: row["val_cost"] for row in found["standings"]["epochs"]}
        for found in (told, raced.summary)
    ]
    assert costs[0] == costs[1]
    assert told["racers"][0]["learning_rate"] == raced.race.tuned[0].learning_rate


def test_faults_are_told(command):
    done = command("race", "iris", "--seeds", "0", "--epochs", "x", "--time", "-1")
    assert done.code == 2
    assert [fault.split("got ")[1].split(".")[0] for fault in done.faults] == [
        "--seeds='0'", "--epochs='x'", "--time='-1'",
    ]  # fmt: skip
    done = command("race", "iris", "--optimizers", "adan")
    assert done.code == 2
    assert done.faults[0].startswith("unknown optimizer 'adan'. Did you mean 'adam'?")
