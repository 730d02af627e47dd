"""Kill runs at random moments, resume them and compare them with an uninterrupted run.

    python -m scripts.kill_campaign [--moments N] [--seed N] [--minutes N] [--phases]

Each run is a separate process. It is killed with SIGKILL before an operation on a file
or the database, when its records reach a given length, or after a given time. A third
of the runs are killed twice. After each kill, the folder must be readable. After `assay
train --resume`, the records and the model must be bit-for-bit identical to those of an
uninterrupted run, except for times, and each ledger must contain one opening. The
script prints a line for each fault and keeps the folders of faulty runs. An interrupted
campaign continues where it stopped. The script forks processes, so it requires Linux or
macOS.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

from scripts.kill_campaign._campaign import Campaign


def main() -> int:
    """Return 1 if a kill damaged a run, and 0 otherwise."""
    asked = _arguments().parse_args()
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("ASSAY_CACHE", str(folder / "cache"))
    campaign = Campaign(folder, timed=not asked.phases)
    plan = (
        campaign.phases()[: asked.moments]
        if asked.phases
        else campaign.plan(asked.moments, seed=asked.seed)
    )
    results = folder / ("phases.jsonl" if asked.phases else f"seed-{asked.seed}.jsonl")
    done = _read(results)
    ends = time.monotonic() + 60 * asked.minutes
    for number, moments in enumerate(plan):
        if number in done:
            continue
        if time.monotonic() > ends:
            break
        done[number] = result = campaign.run(number, moments)
        with open(results, "a") as file:
            file.write(json.dumps({"number": number, **result}) + "\n")
        _show(number, result)
    return _summarize(done)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m scripts.kill_campaign", description=__doc__.splitlines()[0]
    )
    add = parser.add_argument
    add("--moments", type=int, default=200, metavar="N", help="runs to kill")
    add("--seed", type=int, default=0, metavar="N", help="seed for the random moments")
    add("--minutes", type=float, default=1e9, metavar="N", help="stop after this time")
    add("--phases", action="store_true", help="run a short campaign: a kill per phase")
    add(
        "--folder",
        type=Path,
        default=Path("build/kill_campaign"),
        metavar="DIR",
        help="folder for the runs and the results (default: %(default)s)",
    )
    return parser


def _read(results: Path) -> dict[int, dict]:
    if not results.exists():
        return {}
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    return {line["number"]: line for line in lines}


def _show(number: int, result: dict) -> None:
    moments = ", then ".join(result["moments"])
    print(f"{number:4}  {moments:<36} {result['seconds']:5.1f} s", flush=True)
    for fault in result["faults"]:
        print(f"      FAULT: {fault}", flush=True)


def _summarize(done: dict[int, dict]) -> int:
    kills = Counter(result["kills"] for result in done.values())
    faulty = [number for number, result in done.items() if result["faults"]]
    print(
        f"{len(done)} runs: {kills[0]} ended before their moment, {kills[1]} killed "
        f"once, {kills[2]} killed twice; {len(faulty)} with faults {faulty or ''}"
    )
    return int(bool(faulty))


if __name__ == "__main__":
    sys.exit(main())
