"""The number of threads and the C++ kernels change results only by rounding."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assay.extension import extension_status

SOURCE = Path(__file__).parents[2] / "src"
TOLERANCE = 1e-4
"""Stated in docs/reproducibility.md."""

PROGRAM = """
import os, sys
if sys.argv[2] == "1" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
import numpy as np, assay
X = np.random.default_rng(0).normal(size=(80, 6, 3)).astype(np.float32)
y = np.where(X[:, :3].sum((1, 2)) > X[:, 3:].sum((1, 2)), "early", "late")
layers = [assay.Conv1D(8, 3), assay.ReLU(), assay.LSTM(6), assay.Dense(5), assay.ReLU()]
fit = assay.Fit.on(
    X, y, model=layers, optimizer=assay.Adam(0.01), num_epochs=4, batch_size=16
).run()
cost = fit.history.iterations["cost"]
np.savez(sys.argv[1], cost=cost, probabilities=fit.predict(X))
"""


def result(folder, *, threads=2, kernels=True):
    """Train in a process with these settings; return costs and predictions."""
    path = folder / f"{threads}-{kernels}.npz"
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "ASSAY_EXTENSION": str(int(kernels)),
        # as users compile, and not as quickly as possible
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false" if threads == 1 else "",
    }
    command = [sys.executable, "-c", PROGRAM, str(path), str(threads)]
    subprocess.run(command, check=True, env=environment)
    with np.load(path) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """Costs and predictions with two threads and the kernels."""
    return result(tmp_path_factory.mktemp("usual"))


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{"threads": 1}, {"kernels": False}])
def test_results_agree_within_the_stated_tolerance(usual, tmp_path, changes):
    if "kernels" in changes and not extension_status()[0]:
        pytest.skip("the kernels are not built")
    other = result(tmp_path, **changes)
    for name, numbers in usual.items():
        largest = np.abs(numbers - other[name]).max()
        print(f"{changes} {name}: {largest:.1e}")
        assert largest <= TOLERANCE, name
