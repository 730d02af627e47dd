"""Compare four kinds of networks on MNIST-1D with published accuracies.

Run it with: python -m examples.mnist1d [--seeds N] [--only WORD] [--tiny]

The package mnist1d generates the data: 4,000 sequences of 40 steps for training and
1,000 for testing. Each network is tuned on the 4,000 sequences, trained again on all of
them, and tested once per seed on the other 1,000. "Shuffled" means that the steps of
all sequences are permuted in the same way, which preserves the information but destroys
the shape. The published numbers are from Greydanus and Kobak, 2020, "Scaling down deep
learning with MNIST-1D".
"""

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from examples._published import Measured, measure, options, percent

import assay

NETWORKS: dict[str, tuple[assay.spec.Layer, ...]] = {
    "logistic": (assay.Flatten(),),
    "MLP": (
        assay.Flatten(),
        *(assay.Dense(256), assay.ReLU(), assay.Dropout(0.2)),
        *(assay.Dense(256), assay.ReLU(), assay.Dropout(0.2)),
    ),
    "CNN": (
        *(assay.Conv1D(64, 5, stride=2, bias=False), assay.BatchNorm(), assay.ReLU()),
        *(assay.Conv1D(64, 3, stride=2, bias=False), assay.BatchNorm(), assay.ReLU()),
        *(assay.Conv1D(64, 3, stride=2, bias=False), assay.BatchNorm(), assay.ReLU()),
        assay.Flatten(),
        assay.Dropout(0.2),
    ),
    "GRU": (
        assay.GRU(16, return_sequences=True, bidirectional=True),
        assay.Flatten(),
        assay.Dropout(0.2),
    ),
}
PUBLISHED = {
    "logistic": 0.32,
    "MLP": 0.68,
    "CNN": 0.94,
    "GRU": 0.91,
    "logistic shuffled": 0.32,
    "MLP shuffled": 0.68,
    "CNN shuffled": 0.56,
    "GRU shuffled": 0.57,
}
ASKED: dict[str, Any] = {  # settings that are the same for every network
    "task": "multiclass",
    "optimizer": assay.Adam(assay.log(3e-3, 3e-2)),
    "schedule": assay.WarmupCosine(),
    "regularizers": (assay.WeightDecay(assay.log(1e-3, 1.0)),),
    "batch_size": 128,
    "num_epochs": 40,
    "trials": 4,
}


def main() -> None:
    """Print a row per network, for the original and the shuffled sequences."""
    asked = options(str(__doc__)).parse_args()
    names = [name for name in PUBLISHED if asked.only.lower() in name.lower()]
    seeds, how = range(asked.seeds), ASKED
    if asked.tiny:
        names, seeds, how = names[:1], range(1), ASKED | {"num_epochs": 2, "trials": 1}
    print(f"{'':18} published   ours          95% interval  seconds per run")
    with tempfile.TemporaryDirectory() as folder:
        write_data(Path(folder), {order_of(name) for name in names})
        for name in names:
            words = row(name, seeds, Path(folder), how).words()
            print(f"{name:18}     {percent(PUBLISHED[name])}  {words}", flush=True)


def row(name: str, seeds: range, folder: Path, how: dict[str, Any]) -> Measured:
    """Run the protocol with a network for each seed."""
    kind, order = name.partition(" ")[0], order_of(name)
    return measure(
        name,
        seeds,
        lambda seed: assay.train(
            folder / f"{order}_train.npz",
            test_data=str(folder / f"{order}_test.npz"),
            model=NETWORKS[kind],
            seed=seed,
            runs=folder / "runs",
            **how,
        ),
    )


def order_of(name: str) -> str:
    """Return the order of the steps in a row's sequences."""
    return name.partition(" ")[2] or "ordered"


def write_data(folder: Path, orders: set[str]) -> None:
    """Write the package's sequences to files, with the steps in each of the orders."""
    try:
        mnist1d = importlib.import_module("mnist1d.data")
    except ImportError:
        sys.exit("The package mnist1d is missing. Install it: pip install mnist1d")
    for order in orders:
        arguments = mnist1d.get_dataset_args()
        arguments.shuffle_seq = order == "shuffled"
        made = mnist1d.make_dataset(arguments)
        for part, suffix in (("train", ""), ("test", "_test")):
            series = made[f"x{suffix}"][..., None]
            path = folder / f"{order}_{part}.npz"
            np.savez(path, X=series.astype(np.float32), y=made[f"y{suffix}"])


if __name__ == "__main__":
    main()
