"""Runs the contestants on the tables, then prints and stores the comparisons."""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tables._development import SMALL, TABLES
from benchmarks.tables._fit import OURS, PEERS
from benchmarks.tables._gates import Results, gates, losses_of, weights_of

_OUT = Path("benchmarks/out")
_STORED = Path(__file__).with_name("small.json")
_ENVIRONMENT = {
    "JAX_ENABLE_COMPILATION_CACHE": "false",
    "OMP_WAIT_POLICY": "passive",  # on a busy machine, spinning threads are slow
}


def main() -> None:
    """Run the contestants that have no results yet and print the comparisons."""
    arguments = _parser().parse_args()
    chosen = SMALL if arguments.tiny else arguments.only or set(TABLES) - set(SMALL)
    results = _results()
    tables = _written([name for name in TABLES if name in chosen])
    runs = [(csv, seed) for csv in tables for seed in range(arguments.seeds)]
    for done, (csv, seed) in enumerate(runs, 1):
        for contestant in (*OURS, *PEERS):
            of = (csv.stem, seed, contestant)
            if of not in results:
                results[of] = _run(contestant, csv, seed)
                names = {"table": csv.stem, "seed": seed, "of": contestant}
                _append(names | results[of])
            print(f"{done}/{len(runs)}", _line(of, results[of]), flush=True)
    if arguments.tiny:
        _store_peers(results)
    for csv in tables:
        _write_weights(csv, arguments.seeds)
    rows = gates([csv.stem for csv in tables], results, _OUT)
    data = [row.to_json() for row in rows]
    (_OUT / "accuracy.json").write_text(json.dumps(data, indent=1) + "\n")
    for row in data:
        print(_gate(row))


def _written(names: list[str]) -> list[Path]:
    """Write the tables that do not exist yet and return the files, sorted by size."""
    (_OUT / "losses").mkdir(parents=True, exist_ok=True)
    tables = [_OUT / f"{name}.csv" for name in names]
    for csv in tables:
        if not csv.exists():
            TABLES[csv.stem].write(csv)
    return sorted(tables, key=lambda csv: csv.stat().st_size)


def _write_weights(csv: Path, seeds: int) -> None:
    """Write weights of the test rows if the protocol decides by balanced accuracy.

    The mean of the weighted losses is the balanced error, in which each class that the
    test set contains counts equally.
    """
    from assay import data
    from assay.metrics import imbalance, primary

    dataset = data.load(csv, target="target")
    if dataset.task.kind == "regression":
        return
    for seed in range(seeds):
        rows = data.split(dataset, seed=seed)
        shares = imbalance(dataset.target[rows.train], dataset.task.num_classes)
        if primary(dataset.task.kind, shares) == "balanced_accuracy":
            _, classes, counts = np.unique(
                dataset.target[rows.test], return_inverse=True, return_counts=True
            )
            weights = len(classes) / (len(counts) * counts[classes])
            np.save(weights_of(_OUT, csv.stem, seed), weights)


def _results() -> Results:
    """Return the results of earlier runs."""
    path = _OUT / "tables.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    read = [json.loads(line) for line in lines]
    return {(one["table"], one["seed"], one["of"]): one for one in read}


def _append(result: dict[str, Any]) -> None:
    with (_OUT / "tables.jsonl").open("a") as file:
        file.write(json.dumps(result) + "\n")


def _store_peers(results: Results) -> None:
    """Write the peers' errors on the small tables to a file that the tests use."""
    stored: dict[str, dict[str, list[float]]] = {name: {} for name in SMALL}
    for (name, _, peer), result in sorted(results.items()):
        if name in SMALL and peer in PEERS and "error" in result:
            stored[name].setdefault(peer, []).append(result["error"])
    _STORED.write_text(json.dumps(stored, indent=1) + "\n")


def _run(contestant: str, csv: Path, seed: int) -> dict[str, Any]:
    """Run a contestant in a separate process without a program cache."""
    losses = losses_of(_OUT, (csv.stem, seed, contestant))
    arguments = [contestant, csv, str(seed), losses]
    environment = os.environ | _ENVIRONMENT
    busy, started = _busy_seconds(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.tables._fit", *arguments],
        capture_output=True,
        text=True,
        env=environment,
    )
    times = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": _busy_seconds() - busy,
    }
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        last = (done.stderr.splitlines() or ["no output"])[-1]
        return {"failed": last} | times
    return json.loads(lines[-1]) | times


def _busy_seconds() -> float:
    """Return the processor time of all finished contestants."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _line(of: tuple[str, int, str], result: dict[str, Any]) -> str:
    name, seed, contestant = of
    value = result.get("failed") or f"{result['error']:.4g}"
    return f"{name:20} seed {seed}  {contestant:16} {value}  {result['seconds']:.1f} s"


def _gate(row: dict[str, Any]) -> str:
    """Return the line that compares a result with its target."""
    numbers = f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
    sign, reached = "<>"[row["better"] == "higher"], "missed reached".split()
    verdict = reached[row["reached"]]
    names = f"{row['workload']:46} {row['peer']:16}"
    return f"{names} {numbers}  {sign}= {row['target']}  {verdict}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.tables")
    parser.add_argument("--seeds", type=int, default=3, metavar="N")
    parser.add_argument("--only", nargs="+", metavar="TABLE")
    parser.add_argument(
        "--tiny",
        action="store_true",
        help="use four small built-in tables, and store the peers' errors",
    )
    return parser


if __name__ == "__main__":
    main()
