"""Runs the contestants on the tables, and prints and writes how they compare."""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._row import Row
from benchmarks.tables._development import SMALL, TABLES
from benchmarks.tables._fit import OURS, PEERS

_OUT = Path("benchmarks/out")
_STORED = Path(__file__).with_name("small.json")
_TARGETS = {  # geometric mean of our error to theirs
    "RealMLP": 0.95,
    "MLP": 0.90,
    "linear": 0.65,
    "support vectors": 1.0,
    "boosted trees": 1.0,
}
_RESAMPLED = 2000  # bootstrap samples of the tables
_LEAST_ERROR = 1e-3  # on small tables, a network may make no error

Results = dict[tuple[str, int, str], dict[str, Any]]
"""The result of each contestant by table, seed and name."""


def main() -> None:
    """Run what is missing, then print the comparisons."""
    arguments = _parser().parse_args()
    chosen = SMALL if arguments.tiny else arguments.only or set(TABLES) - set(SMALL)
    names = [name for name in TABLES if name in chosen]
    _OUT.mkdir(parents=True, exist_ok=True)
    results = _results()
    for name in names:
        csv = _OUT / f"{name}.csv"
        if not csv.exists():
            TABLES[name].write(csv)
        for seed in range(arguments.seeds):
            for contestant in (*OURS, *PEERS):
                if (name, seed, contestant) not in results:
                    result = _run(contestant, csv, seed)
                    results[name, seed, contestant] = result
                    _append({"table": name, "seed": seed, "of": contestant} | result)
                _print(name, seed, contestant, results[name, seed, contestant])
    if arguments.tiny:
        _store_peers(results)
    rows = [row for our in OURS for row in _compare(our, names, results)]
    (_OUT / "accuracy.json").write_text(
        json.dumps([row.to_json() for row in rows], indent=1)
    )
    for row in rows:
        numbers = f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}]"
        print(f"{row.workload:24} to {row.peer:16} {numbers}  target {row.target}")


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
    """Write the errors of the peers on the small tables, for the tests."""
    stored: dict[str, dict[str, list[float]]] = {name: {} for name in SMALL}
    for (name, _, peer), result in sorted(results.items()):
        if name in SMALL and peer in PEERS and "error" in result:
            stored[name].setdefault(peer, []).append(result["error"])
    _STORED.write_text(json.dumps(stored, indent=1) + "\n")


def _run(contestant: str, csv: Path, seed: int) -> dict[str, Any]:
    """Run a contestant in a process of its own, without a cache of programs."""
    words = [sys.executable, "-m", "benchmarks.tables._fit", contestant, csv, str(seed)]
    environment = os.environ | {"JAX_ENABLE_COMPILATION_CACHE": "false"}
    started = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    seconds = time.perf_counter() - started
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        last = (done.stderr.splitlines() or ["no output"])[-1]
        return {"failed": last, "seconds": seconds}
    return json.loads(lines[-1]) | {"seconds": seconds}


def _print(name: str, seed: int, contestant: str, result: dict[str, Any]) -> None:
    value = result.get("failed") or f"{result['error']:.4g}"
    print(
        f"{name:20} seed {seed}  {contestant:16} {value}  {result['seconds']:.1f} s",
        flush=True,
    )


def _compare(our: str, names: list[str], results: Results) -> list[Row]:
    """Return the geometric mean of our error to each peer's, over the tables."""
    rows = []
    for peer, target in _TARGETS.items():
        pairs = [_pairs(our, peer, name, results) for name in names]
        logs = [np.mean([_log_ratio(*pair) for pair in some]) for some in pairs if some]
        if not logs:
            continue
        times = [a["seconds"] / b["seconds"] for some in pairs for a, b in some]
        samples = np.random.default_rng(0).choice(logs, (_RESAMPLED, len(logs)))
        low, high = np.exp(np.quantile(samples.mean(axis=1), [0.025, 0.975]))
        value = float(np.exp(np.mean(logs)))
        more = {"tables": len(logs), "median_time_ratio": float(np.median(times))}
        row = Row(f"error of {our}", peer, value, float(low), float(high), target)
        rows.append(replace(row, better="lower", more=more))
    return rows


def _pairs(our: str, peer: str, name: str, results: Results) -> list[Any]:
    """Return our result and the peer's for each seed of a table that both finished."""
    seeds = sorted(seed for table, seed, of in results if (table, of) == (name, our))
    both = [(results[name, s, our], results.get((name, s, peer), {})) for s in seeds]
    return [(a, b) for a, b in both if "error" in a and "error" in b]


def _log_ratio(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    errors = [max(result["error"], _LEAST_ERROR) for result in (ours, theirs)]
    return float(np.log(errors[0] / errors[1]))


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
