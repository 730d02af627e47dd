"""Compare the default settings on UCR and UEA sequences with published networks.

Run it with: python -m examples.ucr [--seeds N] [--only NAME] [--tiny]

The package aeon contains the data sets, split into a training and a test set. The
validation set is drawn from the training set, and the test set is opened once per run.
All data sets use the same default network. The published numbers are means over 10
runs, from Ismail Fawaz et al., 2019, "Deep learning for time series classification: a
review".
"""

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Any

from examples._published import Measured, measure, options, percent

import assay

PUBLISHED = {  # mean test accuracy of MLP, FCN and ResNet
    "GunPoint": (0.927, 1.000, 0.991),
    "ItalyPowerDemand": (0.954, 0.961, 0.963),
    "ArrowHead": (0.778, 0.843, 0.845),
    "OSULeaf": (0.557, 0.977, 0.979),
    "JapaneseVowels": (0.976, 0.993, 0.992),
}


def main() -> None:
    """Print a row per data set."""
    asked = options(str(__doc__)).parse_args()
    folder = data_folder()
    names = [name for name in PUBLISHED if asked.only.lower() in name.lower()]
    seeds, shorter = range(asked.seeds), {}
    if asked.tiny:
        names, seeds, shorter = names[:1], range(1), {"num_epochs": 2}
    head = f"{'data set':17}{'MLP':>6}{'FCN':>7}{'ResNet':>8}"
    print(f"{head}    {'ours':12}  {'95% interval':13}  seconds per run")
    for name in names:
        found = row(folder / name / f"{name}_TRAIN.ts", seeds, **shorter)
        mlp, fcn, resnet = map(percent, PUBLISHED[name])
        print(f"{name:17} {mlp}  {fcn}   {resnet}   {found.words()}", flush=True)


def row(path: Path, seeds: range, **shorter: Any) -> Measured:
    """Run the protocol on a data set for each seed."""
    with tempfile.TemporaryDirectory() as runs:
        return measure(
            path.parent.name,
            seeds,
            lambda seed: assay.train(path, seed=seed, runs=runs, **shorter),
        )


def data_folder() -> Path:
    """Return the folder of the package's data sets, without importing the package."""
    spec = importlib.util.find_spec("aeon")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("The package aeon is missing. Install it: pip install aeon")
    return Path(spec.submodule_search_locations[0]) / "datasets" / "data"


if __name__ == "__main__":
    main()
