"""Print measured and predicted epoch durations on 1, 2, 4 and 8 devices.

python -m benchmarks.devices [--devices N …] [--seconds S] [--kernels]
python -m benchmarks.devices --nodes N …
python -m benchmarks.devices --paper

The devices are virtual and share the cores of this machine, so several devices cannot
be faster than one. The table shows the cost of splitting batches. The C++ kernels
support only one device and are off unless `--kernels` is given. With `--nodes`,
searches on local Ray clusters are measured and predicted instead; each node has one
processor. With `--paper`, nothing is measured. Instead, the model predicts epochs on up
to 1,000 GPUs from published rates.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.devices._model import Costs, Machine, Work, predict
from benchmarks.devices._paper import paper_tables
from benchmarks.devices._search_model import (
    Cluster,
    Effort,
    SearchCosts,
    Trials,
    predict_search,
)

_COLUMNS = ("fixed", "products", "convolved", "memory", "update", "reduce")
_SEARCH_HEADS = ("nodes", "measured", "ratio", "predicted", "ratio")
_SEARCH_HEADS += ("start", "sending", "trials", "tasks")
_ONE_THREAD = {  # limits each process to one processor
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "ASSAY_EXTENSION": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",  # same as in the trial without Ray
}
_HEADS = ("devices", "measured", "ratio", "predicted", "ratio", *_COLUMNS)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser("python -m benchmarks.devices")
    parser.add_argument("--devices", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument(
        "--seconds", type=float, default=2.0, metavar="S", help="time per measurement"
    )
    parser.add_argument("--kernels", action="store_true", help="use the C++ kernels")
    parser.add_argument("--nodes", type=int, nargs="+", help="nodes per Ray cluster")
    parser.add_argument(
        "--paper", action="store_true", help="predict training on up to 1,000 GPUs"
    )
    options = parser.parse_args()
    if options.paper:
        print(paper_tables())
        return
    if options.nodes:
        print(_searches(options.nodes))
        return
    found = {
        count: _measured(count, options.seconds, kernels=options.kernels)
        for count in options.devices
    }
    print(_rates(found))
    for name in next(iter(found.values()))["epochs"]:
        print(f"\n{name}\n{_table(name, found)}", flush=True)


def _measured(count: int, seconds: float, *, kernels: bool) -> dict[str, Any]:
    """Return the measurements of a process with `count` virtual devices."""
    flags = f"--xla_force_host_platform_device_count={count}"
    kernel = {} if kernels else {"ASSAY_EXTENSION": "0"}
    return _printed("_measure", [count, seconds], {"XLA_FLAGS": flags, **kernel})


def _printed(
    module: str, arguments: Sequence[float], environment: dict[str, str]
) -> dict[str, Any]:
    """Run a module in a separate process and return the JSON that it prints."""
    words = [sys.executable, "-m", f"benchmarks.devices.{module}", *map(str, arguments)]
    always = {"ASSAY_CACHE": "0", "JAX_PLATFORMS": "cpu"}
    out = subprocess.run(
        words, env=os.environ | always | environment, stdout=subprocess.PIPE, check=True
    ).stdout
    return json.loads(out)


def _searches(counts: list[int]) -> str:
    """Return a table of searches on clusters; ratios are relative to the first row."""
    found = _printed("_nodes", counts, _ONE_THREAD)
    trials, cluster = Trials(*found["trials"]), Cluster(*found["cluster"])
    trials = trials._replace(effort=Effort(*trials.effort))
    cluster = cluster._replace(start=Effort(*cluster.start), task=Effort(*cluster.task))
    shared = {n: found["processors"][str(n)] for n in counts}
    lines = [
        f"search             {trials.count:8} trials of {_effort(trials.effort)}",
        f"start              {_effort(cluster.start)}",
        f"data               {trials.data_bytes / 1e6:8.1f} MB at "
        f"{cluster.bytes_per_second / 1e6:.0f} MB/s",
        f"task without work  {_effort(cluster.task)}",
        f"processors         {', '.join(f'{shared[n]:.2f}' for n in counts)}",
        "",
        "".join(f"{head:>11}" for head in _SEARCH_HEADS),
    ]
    costs = {
        n: predict_search(trials, cluster._replace(num_nodes=n, processors=shared[n]))
        for n in counts
    }
    for count, own in costs.items():
        seconds, first = found["measured"], counts[0]
        ratio = seconds[str(count)] / seconds[str(first)]
        lines.append(
            _row(count, seconds[str(count)], ratio, predicted=own, first=costs[first])
        )
    return "\n".join(lines)


def _machine(count: int, found: dict[int, dict[str, Any]]) -> Machine:
    """Return the rates of `count` devices that share cores and memory."""
    rates = found[min(found)]
    return Machine(
        count,
        rates["operations_per_second"],
        rates["convolved_per_second"],
        rates["bytes_per_second"],
        found[count]["reduce_bytes_per_second"],
        found[count]["iteration_seconds"],
    )


def _rates(found: dict[int, dict[str, Any]]) -> str:
    first = _machine(min(found), found)
    lines = [
        f"matrix products    {first.operations_per_second / 1e9:8.1f} GFLOP/s",
        f"convolutions       {first.convolved_per_second / 1e9:8.1f} GFLOP/s",
        f"memory             {first.bytes_per_second / 1e9:8.1f} GB/s",
        "",
        f"{'devices':>8}{'iteration':>14}{'all-reduce':>14}",
    ]
    for count in found:
        machine = _machine(count, found)
        idle = f"{machine.iteration_seconds * 1e6:.0f} us"
        rate = f"{machine.reduce_bytes_per_second / 1e9:.2f} GB/s"
        lines.append(f"{count:>8}{idle:>14}{rate if count > 1 else '-':>14}")
    return "\n".join(lines)


def _table(name: str, found: dict[int, dict[str, Any]]) -> str:
    """Return the rows of a workload; ratios are relative to the fewest devices."""
    lines, least = ["".join(f"{head:>11}" for head in _HEADS)], min(found)
    costs = {
        count: predict(Work(*rates["work"][name]), _machine(count, found))
        for count, rates in found.items()
    }
    for count, rates in found.items():
        seconds = rates["epochs"][name]
        ratio = seconds / found[least]["epochs"][name]
        row = _row(count, seconds, ratio, predicted=costs[count], first=costs[least])
        lines.append(row)
    return "\n".join(lines)


def _row(
    count: int,
    seconds: float,
    ratio: float,
    *,
    predicted: Costs | SearchCosts,
    first: Costs | SearchCosts,
) -> str:
    """Return a table row with measured and predicted times and predicted shares.

    Args:
        count: number of devices or nodes.
        seconds: measured time.
        ratio: measured time relative to that of the first row.
        predicted: predicted components of the time.
        first: predicted components of the time in the first row.
    """
    cells = [str(count), _time(seconds), f"{ratio:.2f}", _time(predicted.total)]
    cells.append(f"{predicted.total / first.total:.2f}")
    cells += [f"{part / predicted.total:.0%}" for part in predicted]
    return "".join(f"{cell:>11}" for cell in cells)


def _effort(effort: Effort) -> str:
    used = _time(effort.processor_seconds)
    return f"{_time(effort.seconds):>8} with {used} of processor time"


def _time(seconds: float) -> str:
    return f"{1e3 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


if __name__ == "__main__":
    main()
