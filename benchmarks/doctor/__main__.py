"""Plants faults, verifies that they are harmful, and measures what the doctor finds.

python -m benchmarks.doctor [--seeds N] [--processes N] [--only PLANT] [--data NAME …]
python -m benchmarks.doctor --leaks [--seeds N]

Writes `benchmarks/out/doctor.json` and prints the gates, which compare the results with
targets. An interrupted benchmark continues where it stopped.
"""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

from benchmarks.doctor._cases import Request, Results, joined_records, run_cases
from benchmarks.doctor._gates import comparison, gates, table
from benchmarks.doctor._leaks import leak_records, leak_table

_OUT = Path(__file__).parent.parent / "out"


def main() -> None:
    """Run the cases and print the gates."""
    asked = _arguments()
    if asked.leaks:
        print(leak_table([*leak_records(asked.seeds)]))
        return
    results = Results(asked.out)
    if asked.again:
        results.path.unlink(missing_ok=True)
    if asked.processes > 1:
        _in_processes(asked.processes)
    else:
        number, of = (int(word) for word in asked.part.split("/"))
        request = Request(
            seeds=asked.seeds,
            only=asked.only,
            data=tuple(asked.data),
            part=(number - 1, of),
            seconds=asked.seconds,
        )
        run_cases(results, request)
        if of > 1:  # only the parent process prints the gates
            return
    _print(results, asked.only)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="seeds per case")
    parser.add_argument(
        "--only", default="", help="word that names of faults must contain"
    )
    parser.add_argument(
        "--data", nargs="*", default=(), help="data sets to use; by default, all"
    )
    parser.add_argument("--again", action="store_true", help="discard old results")
    parser.add_argument("--out", type=Path, default=_OUT / "doctor.jsonl", help="file")
    parser.add_argument(
        "--seconds", type=float, default=math.inf, help="start no cases after this time"
    )
    parser.add_argument("--processes", type=int, default=1, help="number of processes")
    parser.add_argument(
        "--leaks", action="store_true", help="plant leaks in data sets instead"
    )
    parser.add_argument("--part", default="1/1", help="part of the cases to run")
    return parser.parse_args()


def _in_processes(number: int) -> None:
    """Start several processes, each of which runs some of the cases."""
    words = [word for word in sys.argv[1:] if word != "--again"]
    command = [sys.executable, "-m", "benchmarks.doctor", *words, "--processes", "1"]
    running = [
        subprocess.Popen([*command, "--part", f"{place + 1}/{number}"])
        for place in range(number)
    ]
    for process in running:
        process.wait()


def _print(results: Results, only: str) -> None:
    records = joined_records(results, only)
    print(table(records))
    rows = gates(records)
    for row in rows:
        value = "-" if row["value"] is None else f"{row['value']:.3f}"
        interval = "" if "low" not in row else f" [{row['low']:.3f}, {row['high']:.3f}]"
        target = "" if row["target"] is None else f"  target {row['target']}"
        print(f"{row['gate']:42} {value}{interval}  n={row['n']}{target}")
    print(comparison(records))
    _OUT.mkdir(exist_ok=True)
    (_OUT / "doctor.json").write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
