"""Run the races, print a table, and write `benchmarks/out/results.json`.

python -m benchmarks [--only WORD] [--rounds N] [--tiny] [--list]
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks import workloads
from benchmarks._machine import pin
from benchmarks._race import Course
from benchmarks._report import tables, write

_RESULTS = Path(__file__).parent / "out" / "results.json"


def main() -> int:
    """Return 1 if a row failed, and 0 otherwise. A missed target is not a failure."""
    asked = _arguments().parse_args()
    chosen = [w for w in workloads.WORKLOADS if any(o in w.name for o in asked.only)]
    if asked.list:
        print(*(workload.name for workload in workloads.WORKLOADS), sep="\n")
        return 0
    if not chosen:
        words = ", ".join(asked.only)
        print(f"No workload name contains {words}. See --list.", file=sys.stderr)
        return 2
    pin(asked.cores)
    course = Course(asked.rounds, asked.cores, asked.tiny)
    rows = workloads.PRODUCT.run(course)
    rates = [rows[0].more.get(name, 0.0) for name in ("our_rate", "peer_rate")]
    course = replace(course, rate=max(rates))
    for workload in chosen:
        print(f"{workload.name} ...", file=sys.stderr, flush=True)
        rows += workload.run(course)
    print(tables(rows))
    write(rows, asked.out)
    return int(any(row.failed is not None for row in rows))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add(
        "--only",
        nargs="+",
        default=[""],
        metavar="WORD",
        help="run only workloads whose name contains this word",
    )
    add(
        "--rounds",
        type=int,
        default=5,
        metavar="N",
        help="number of rounds per contestant (default: 5)",
    )
    add(
        "--cores",
        type=int,
        default=2,
        metavar="N",
        help="number of cores per contestant (default: 2)",
    )
    add(
        "--tiny",
        action="store_true",
        help="use small sizes to check that everything runs",
    )
    add("--list", action="store_true", help="print the names of the workloads")
    add("--out", type=Path, default=_RESULTS, metavar="FILE", help="output file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
