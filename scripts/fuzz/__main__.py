"""Read damaged files, specs and requests, and report those that cause faults.

    python -m scripts.fuzz [--inputs N] [--seed N] [--only KIND...] [--minutes N]

An input is a small valid file, spec or request with random changes, which depend on the
seed, the kind and the input number. An input is faulty if it raises an error that is
not an AssayError, crashes the process, takes more than 20 seconds of processor time or
3 minutes of wall-clock time, or uses more than 3 GB of memory. Faulty inputs are saved
in `build/fuzz/KIND`. The script prints the number of inputs and the faults for each
kind. To repeat a single input, use `--first N --inputs 1`. The script forks processes,
so it requires Linux or macOS.
"""

import argparse
import importlib
import os
import sys
from pathlib import Path

_FOLDER = Path("build/fuzz")


def main() -> int:
    """Return 1 if a fault was found, and 0 otherwise."""
    for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    from scripts.fuzz._supervise import run
    from scripts.fuzz.kinds import KINDS

    asked = _arguments([*KINDS]).parse_args()
    chosen = [KINDS[name] for name in asked.only or KINDS]
    whole = sum(kind.share for kind in chosen)
    for name in sorted({name for kind in chosen for name in kind.modules}):
        importlib.import_module(name)
    total, faulty = 0, 0
    for kind in chosen:
        count = max(round(asked.inputs * kind.share / whole), 1)
        result = run(
            kind.name,
            asked.folder.resolve() / kind.name,
            seed=asked.seed,
            numbers=range(asked.first, asked.first + count),
            seconds=60 * asked.minutes * kind.share / whole,
        )
        total, faulty = total + result.inputs, faulty + len(result.faults)
        rate = result.inputs / max(result.seconds, 1e-9)
        figures = f"{result.inputs:>9} inputs{rate:>8.0f}/s"
        print(f"{kind.name:<12}{figures}", flush=True)
        for number, words in result.faults.items():
            print(f"    FAULT {number}: {words}", flush=True)
    print(f"{'all':<12}{total:>9} inputs, {faulty} different faults")
    return int(faulty > 0)


def _arguments(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m scripts.fuzz", description=__doc__.splitlines()[0]
    )
    add = parser.add_argument
    add(
        "--inputs",
        type=int,
        default=20_000,
        metavar="N",
        help="total number of inputs of all kinds",
    )
    add("--seed", type=int, default=0, metavar="N", help="seed for the inputs")
    add("--first", type=int, default=0, metavar="N", help="number of the first input")
    add("--only", nargs="+", choices=names, metavar="KIND", help=", ".join(names))
    add("--minutes", type=float, default=1e6, metavar="N", help="stop after this time")
    add(
        "--folder",
        type=Path,
        default=_FOLDER,
        metavar="DIR",
        help="folder for inputs that cause faults",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
