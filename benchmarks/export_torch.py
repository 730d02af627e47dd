"""Compare the predictions of exported PyTorch code with those of Assay.

python -m benchmarks.export_torch [--python PATH]

Each run is trained briefly and exported. Another process, which needs only PyTorch,
safetensors and NumPy, loads the exported file and makes predictions for the same rows.
The command prints the largest difference for each run. It fails if a difference is more
than 1e-5 of the spread of the predictions.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

import assay
from assay import spec

_GOAL = 1e-5

RUNS: dict[str, dict[str, Any]] = {
    "iris": {"model": "realmlp"},
    "diabetes": {"model": "mlp"},
    "digits": {
        "model": [
            spec.Conv2D(8, 3),
            spec.BatchNorm(),
            spec.ReLU(),
            spec.Residual([spec.Conv2D(16, 3, stride=2), spec.ReLU()]),
            spec.AveragePool2D(3, 2, "same"),
            spec.GlobalMaxPool(),
        ]
    },
    "mnist1d": {
        "model": [
            spec.Conv1D(8, 5, stride=2),
            spec.LayerNorm(),
            spec.GELU(),
            spec.GRU(16, bidirectional=True),
        ]
    },
}

_PEER = """
import importlib.util, sys
import numpy as np
spec = importlib.util.spec_from_file_location("net", sys.argv[1])
net = importlib.util.module_from_spec(spec)
spec.loader.exec_module(net)
inputs = np.load(sys.argv[2])
np.save(sys.argv[3], net.predict(net.load(), *inputs.values()))
"""


def main() -> int:
    """Compare all runs and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="Python with PyTorch")
    arguments = parser.parse_args()
    differences = {}
    for name, options in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            differences[name] = difference(name, options, Path(folder), arguments)
        print(f"{name:<10} {differences[name]:.1e}", flush=True)
    return int(max(differences.values()) > _GOAL)


def difference(
    name: str, options: dict[str, Any], folder: Path, arguments: argparse.Namespace
) -> float:
    """Return the largest difference, relative to the spread of the predictions."""
    source = _digits() if name == "digits" else name
    run = assay.train(source, out=folder / "run", trials=1, num_epochs=2, **options)
    exported = assay.export(run, to="torch", path=folder / "net.py")
    dataset = assay.data.load(source)
    inputs = run.model.preparation.transform(dataset)
    arrays = {
        ("x" if key == "values" else key): value
        for key, value in (
            inputs if isinstance(inputs, dict) else {"x": inputs}
        ).items()
    }
    np.savez(folder / "inputs.npz", allow_pickle=False, **arrays)
    files = [str(folder / file) for file in ("inputs.npz", "outputs.npy")]
    command = [arguments.python, "-c", _PEER, str(exported), *files]
    subprocess.run(command, check=True)
    wanted = run.model.predict(dataset)
    outputs = np.load(files[1])
    return float(np.abs(outputs - wanted).max() / wanted.std())


def _digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the digits as images; the built-in data set has one column per pixel."""
    digits = load_digits()
    return digits.images[..., None].astype(np.uint8), digits.target.astype(str)


if __name__ == "__main__":
    sys.exit(main())
