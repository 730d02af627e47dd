"""Plants faults, verifies their harm, and measures what the doctor makes of them.

python -m benchmarks.doctor [--seeds N] [--only PLANT] [--data NAME …] [--again]

Writes `benchmarks/out/doctor.json` and prints the gates. A stopped benchmark continues
where it was.
"""

import argparse
import json
from pathlib import Path

from benchmarks.doctor._cases import Results, run_cases
from benchmarks.doctor._gates import gates, table

_OUT = Path(__file__).parent.parent / "out"


def main() -> None:
    """Run the cases and print the gates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="seeds of each case")
    parser.add_argument("--only", default="", help="only plants with this word")
    parser.add_argument(
        "--data", nargs="*", default=(), help="data sets to use; by default, all"
    )
    parser.add_argument("--again", action="store_true", help="forget earlier results")
    asked = parser.parse_args()
    results = Results(_OUT / "doctor.jsonl")
    if asked.again:
        results.path.unlink(missing_ok=True)
    records = run_cases(results, seeds=asked.seeds, only=asked.only, data=asked.data)
    print(table(records))
    rows = gates(records)
    for row in rows:
        value = "-" if row["value"] is None else f"{row['value']:.3f}"
        interval = "" if "low" not in row else f" [{row['low']:.3f}, {row['high']:.3f}]"
        target = "" if row["target"] is None else f"  target {row['target']}"
        print(f"{row['gate']:42} {value}{interval}  n={row['n']}{target}")
    (_OUT / "doctor.json").write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
