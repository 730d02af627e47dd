"""Run the races on a GPU and write the table, for `scripts/gpu_check.py`.

python -m benchmarks.gpu [--device gpu|cpu] [--only WORD ...] [--tiny] [--out FILE]
"""

import argparse
import os
import sys
from pathlib import Path

from benchmarks import workloads
from benchmarks._machine import use
from benchmarks._race import Course
from benchmarks._row import Row
from benchmarks.gpu._table import table


def main() -> int:
    """Return 1 if a row failed, and 0 otherwise."""
    arguments = _parser().parse_args()
    use(arguments.device)
    course = Course(arguments.rounds, len(os.sched_getaffinity(0)), arguments.tiny)
    rows: list[Row] = []
    for race in workloads.ON_GPU:
        if any(word in race.name for word in arguments.only):
            print(f"{race.name} ...", file=sys.stderr, flush=True)
            rows += race.run(course)
            # Write the table after each race, in case the run is interrupted.
            text = table(rows, tests=arguments.tests, is_tiny=arguments.tiny)
            arguments.out.write_text(text, "utf-8")
    print(arguments.out.read_text("utf-8"))
    return int(any(row.failed is not None for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.gpu", description=__doc__)
    add = parser.add_argument
    add("--device", choices=("gpu", "cpu"), default="gpu", help="cpu for a dry run")
    add("--only", nargs="+", default=[""], metavar="WORD", help="run only these races")
    add("--rounds", type=int, default=3, metavar="N", help="rounds per contestant")
    add("--tiny", action="store_true", help="use small sizes")
    add("--tests", default="not run", help="test results to include in the table")
    add("--out", type=Path, required=True, metavar="FILE", help="output file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
