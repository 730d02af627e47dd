"""Measures searches on local Ray clusters and the inputs for their cost model.

python -m benchmarks.devices._nodes NODES …

XLA must be limited to one thread per process, so that each node uses one processor. The
nodes are processes on this machine, and this process waits for them. All rates are
measured before the search, on one node or without Ray.
"""

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import psutil

import assay
from assay import spec
from assay.cluster import RayWorkers
from assay.training import Checkpoints, Fit, TrainingData, Workers
from assay.tuning import Candidate, search
from benchmarks._task import Task, sorted_by_teacher
from benchmarks.devices._search_model import Cluster, Effort, Trials
from benchmarks.sides.assay_training import material_of

__all__ = ["main"]

_NUM_TRIALS = 4
_EPOCHS = 40
_MEASURED = 3  # number of trials measured in this process
_TASKS = 20  # number of tasks without work that are measured
_STORE_BYTES = 200_000_000
_BUSY_SECONDS = 10.0  # long enough to average over the load of other programs
_BUSY = f"""
import time
started, used = time.perf_counter(), time.process_time()
while time.perf_counter() < started + {_BUSY_SECONDS}:
    pass
print((time.process_time() - used) / (time.perf_counter() - started))
"""
_SOURCES = (Path(assay.__file__).parents[1], Path(__file__).parents[2])
_TUNE = spec.Tune(sampler="random", pruner="none", group_size=_NUM_TRIALS)
_TRAINING = spec.Training(
    model=(spec.Dense(256), spec.ReLU(), spec.Dense(256), spec.ReLU()),
    cost=spec.CrossEntropy(),
    optimizer=spec.Adam(spec.Log(1e-4, 2e-4)),
    regularizers=(),
    batch_size=64,
    num_epochs=_EPOCHS,
)
_TASK = Task("search", _TRAINING, sorted_by_teacher((256,), num_val=2048), 16_384)


@contextmanager
def _cluster(num_nodes: int) -> Iterator[None]:
    """Start a head node without processors and other nodes with one processor each."""
    from ray.cluster_utils import Cluster as LocalCluster

    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, _SOURCES))
    head = {"num_cpus": 0, "object_store_memory": _STORE_BYTES}
    with warnings.catch_warnings():
        # JAX warns about forks, but the forks of Ray immediately start other programs
        warnings.filterwarnings("ignore", r"os\.fork", RuntimeWarning)
        started = LocalCluster(initialize_head=True, head_node_args=head)
        for _ in range(num_nodes):
            started.add_node(num_cpus=1, object_store_memory=_STORE_BYTES)
    os.environ["RAY_ADDRESS"] = str(started.address)
    try:
        yield
    finally:
        started.shutdown()


def _search_seconds(data: TrainingData, num_trials: int, workers: Workers) -> float:
    """Return the duration of a search with trials of equal length."""
    started = time.perf_counter()
    found = search(
        Candidate("net", _TRAINING, num_trials),
        seed=0,
        training_data=data,
        tune=_TUNE,
        checkpoints=Checkpoints(workers=workers),
    )
    assert len(found.trials) == num_trials
    return time.perf_counter() - started


def _processors() -> float:
    """Return the number of processors that other programs leave available."""
    words = [sys.executable, "-c", _BUSY]
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    busy = [subprocess.Popen(words, stdout=subprocess.PIPE) for _ in range(cores)]
    return sum(float(process.communicate()[0]) for process in busy)


def _rates(data: TrainingData) -> Cluster:
    """Measure the rates of a node, including the time to start its process."""
    # The data are copied so that they are sent separately.
    fit, again = _fit(data), _fit(replace(data))
    with _cluster(1), RayWorkers() as workers:
        # the node imports packages, receives the data and compiles
        first = _effort(lambda: workers.advance([fit], 1))
        tasks = [_effort(lambda: workers.advance([fit], 1)) for _ in range(_TASKS)]
        task = Effort(*np.median(tasks, axis=0).tolist())
        sending = _effort(lambda: workers.advance([again], 0)).seconds - task.seconds
        call = workers.call_seconds(_size(fit.state))
    rate = _size((data.train, data.val)) / max(sending, 1e-3)
    start = first._replace(seconds=first.seconds - task.seconds - sending)
    return Cluster(1, 1.0, start, rate, task, call)


def _fit(data: TrainingData) -> Fit:
    return data.fit(_TRAINING.with_values({"optimizer.learning_rate": 1e-4}), seed=0)


def _size(tree: object) -> int:
    return sum(np.asarray(leaf).nbytes for leaf in jax.tree.leaves(tree))


def _effort(run: Callable[[], object]) -> Effort:
    """Return the effort of this process and of the nodes that it has started."""
    started, used = time.perf_counter(), _processor_seconds()
    run()
    return Effort(time.perf_counter() - started, _processor_seconds() - used)


def _processor_seconds() -> float:
    process = psutil.Process()
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # the process has ended
            times = each.cpu_times()
            total += times.user + times.system
    return total


def _trials(data: TrainingData) -> Trials:
    """Measure a trial in this process."""
    here = Workers()
    _search_seconds(data, 1, here)  # compiles the program
    # Use the mean, because all trials contribute to the duration of a search.
    trials = [_effort(lambda: _search_seconds(data, 1, here)) for _ in range(_MEASURED)]
    effort = Effort(*np.mean(trials, axis=0).tolist())
    return Trials(_NUM_TRIALS, effort, _size((data.train, data.val)))


def main() -> None:
    """Print the inputs of the cost model and the search time per number of nodes."""
    data = material_of(_TASK)
    found = {"trials": _trials(data), "cluster": _rates(data)}
    measured, processors = {}, {}
    for count in map(int, sys.argv[1:]):
        # Measured just before each search, because the load may change.
        processors[count] = _processors()
        with _cluster(count), RayWorkers() as workers:
            measured[count] = _search_seconds(data, _NUM_TRIALS, workers)
    print(json.dumps({**found, "processors": processors, "measured": measured}))


if __name__ == "__main__":
    main()
