"""Fixtures for a Ray cluster of two nodes on this machine."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import assay
from assay.cluster import open_workers
from assay.training import TrainingData

STORE_BYTES = 80_000_000
SOURCE = str(Path(assay.__file__).parents[1])


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Start a head node without processors and two nodes with one processor each."""
    pytest.importorskip("ray", exc_type=ModuleNotFoundError)
    from ray.cluster_utils import Cluster

    # node processes must be able to import the same modules as this process
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([SOURCE, before] if before else [SOURCE])
    head = {"num_cpus": 0, "object_store_memory": STORE_BYTES}
    with warnings.catch_warnings():
        # JAX warns about forks, but Ray's forks immediately start other programs
        warnings.filterwarnings("ignore", r"os\.fork", RuntimeWarning)
        started = Cluster(initialize_head=True, head_node_args=head)
        for _ in range(2):
            started.add_node(num_cpus=1, object_store_memory=STORE_BYTES)
    os.environ["RAY_ADDRESS"] = started.address
    yield started
    del os.environ["RAY_ADDRESS"]
    started.shutdown()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="module")
def connected(cluster: Any) -> Iterator[Any]:
    """Connect to the cluster once, so its worker processes are reused."""
    import ray

    with open_workers("ray"):
        yield cluster
    assert not ray.is_initialized()


@pytest.fixture(scope="module")
def training_data() -> TrainingData:
    """Return the data of a small problem with two classes."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(56, 3)).astype(np.float32)
    targets = (inputs[:, 0] + rng.normal(size=56) > 0).astype(np.int32)
    train, val = slice(None, 40), slice(40, None)
    parts = (inputs[train], targets[train]), (inputs[val], targets[val])
    return TrainingData.of(*parts, num_classes=2)
