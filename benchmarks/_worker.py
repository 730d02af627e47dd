"""The process of a contestant, which responds to requests in lines of JSON."""

import json
import os
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from benchmarks import workloads
from benchmarks.sides import Side, Skipped, side_for

__all__ = ["main"]

# Names of packages that differ from their import names.
_PRODUCTS = {"torch": "PyTorch", "sklearn": "scikit-learn"}


def main(words: list[str]) -> None:
    """Respond to requests until the end of the input.

    Args:
        words: workload, contestant, shared folder, and "tiny" or "full".
    """
    name, side_name, folder, size = words
    answers = os.fdopen(os.dup(1), "w")  # keeps other output out of the answers
    os.dup2(2, 1)
    side: Side | None = None
    for line in sys.stdin:
        try:
            if json.loads(line) == "start":
                task = workloads.tasks()[name]
                task = task.tiny() if size == "tiny" else task
                side = side_for(side_name)(task, Path(folder))
                facts = {"same_batches": side.same_batches}
                answer: dict[str, Any] = side.facts | facts
            elif side is not None:
                answer = _round(side)
            else:
                raise RuntimeError("a round was requested before the start")
        except Skipped as reason:
            answer = {"skipped": str(reason)}
        except ModuleNotFoundError as error:
            name = _PRODUCTS.get(str(error.name), error.name)
            answer = {"skipped": f"{name} is not installed"}
        except Exception as error:
            traceback.print_exc()
            answer = {"failed": f"{type(error).__name__}: {error}"}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps(answer | {"peak_bytes": peak}), file=answers, flush=True)


def _round(side: Side) -> dict[str, Any]:
    side.reset()
    started = time.perf_counter()
    side.run()
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "outcome": side.outcome()}


if __name__ == "__main__":
    main(sys.argv[1:])
