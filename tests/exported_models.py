"""Small models with perturbed parameters, one per kind of data."""

import functools
from typing import NamedTuple

import numpy as np
import polars as pl
from layer_cases import perturbed
from sklearn.datasets import load_digits

from assay import data, spec
from assay.experiment import Model
from assay.training import Fitted


class Example(NamedTuple):
    """A model, with rows for it and the same rows as inputs of exported files."""

    model: Model
    dataset: data.Dataset
    columns: dict


def _mixed_frame(num_rows=200):
    rng = np.random.default_rng(0)
    gaps = rng.normal(5, 3, num_rows)
    gaps[::7] = np.nan
    day = np.datetime64("1968-02-27") + rng.integers(0, 25000, num_rows)
    city = rng.choice(["Bern", "Basel", "Zürich"], num_rows).tolist()
    city[3] = city[11] = None
    code = [f"code {i}" for i in rng.integers(0, 45, num_rows)]
    return pl.DataFrame(
        {
            "large": rng.normal(1e6, 10, num_rows),
            "gaps": pl.Series(gaps).fill_nan(None),
            "count": rng.integers(0, 9, num_rows),
            "sure": rng.random(num_rows) < 0.5,
            "city": city,
            "code": code,
            "day": pl.Series(day).cast(pl.Datetime("us")),
            "number": rng.normal(100, 20, num_rows),
            "kind": rng.choice(["a", "b"], num_rows),
            "class": rng.choice(["x", "y", "z"], num_rows),
        }
    )


def model_of(dataset, layers, cost, *, members=1):
    """Return a model with perturbed parameters for a data set."""
    preparation = data.Preparation.fit(dataset, np.arange(dataset.num_examples))
    training = spec.Training(
        model=layers, cost=cost, regularizers=[], batch_size=8, num_epochs=1
    )
    model = Model(training, preparation, [])
    network = model.program.network
    trees = [perturbed(network, seed) for seed in range(members)]
    fitted = [Fitted(*tree, iteration=1) for tree in trees]
    return Model(training, preparation, fitted)


def _table(target, cost, *, members=1):
    frame = _mixed_frame()
    others = {"number", "kind", "class"} - {target}
    dataset = data.load(frame.drop(others), target=target)
    layers = [
        spec.EmbedColumns(data.Preparation.fit(dataset, np.arange(200)).embedded),
        spec.LearnedScale(),
        spec.Dense(4),
        spec.SiLU(),
    ]
    model = model_of(dataset, layers, cost, members=members)
    columns = {
        name: frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for name in ("large", "gaps", "count", "sure")
    }
    columns |= {name: frame[name].to_list() for name in ("city", "code")}
    return Example(model, dataset, columns | {"day": frame["day"].to_numpy()})


def _sequences(lengths):
    rng = np.random.default_rng(0)
    signals = [rng.normal(2, 3, (n, 2)).astype(np.float32) for n in lengths]
    y = ["a", "b"] * (len(lengths) // 2)
    is_even = len(set(lengths)) == 1
    dataset = data.load((np.stack(signals) if is_even else signals, y))
    layers = [spec.Conv1D(3, 3), spec.ReLU(), spec.GRU(3, bidirectional=True)]
    padded = np.zeros((len(lengths), max(lengths), 2), np.float32)
    for row, signal in enumerate(signals):
        padded[row, : len(signal)] = signal
    columns = {"X": padded, "lengths": np.array(lengths, np.int64)}
    model = model_of(dataset, layers, spec.BinaryCrossEntropy(), members=2)
    return Example(model, dataset, columns)


def _digits():
    images, y = load_digits().images[:90, :, :, None], load_digits().target[:90]
    dataset = data.load((images.astype(np.uint8), y), task="multiclass")
    layers = [spec.Conv2D(3, 3, stride=2), spec.BatchNorm(), spec.ReLU()]
    model = model_of(dataset, layers, spec.CrossEntropy())
    return Example(model, dataset, {"X": images.astype(np.float32)})


def _text():
    texts = ["The cat saw the dog.", "A dog!", "", "the cat"] * 5
    dataset = data.load({"story": texts, "y": ["a", "b"] * 10}, kinds={"story": "text"})
    layers = [spec.Embedding(5, 3), spec.GlobalAveragePool()]
    model = model_of(dataset, layers, spec.BinaryCrossEntropy())
    words = [text.lower().strip(".!").split() for text in texts]
    longest = max(map(len, words))
    padded = [row + [""] * (longest - len(row)) for row in words]
    return Example(model, dataset, {"story": padded})


EXAMPLES = {
    "regression": lambda: _table("number", spec.SquaredError(), members=2),
    "gaussian": lambda: _table("number", spec.GaussianLikelihood()),
    "rate": lambda: _table("number", spec.PoissonLikelihood()),
    "binary": lambda: _table("kind", spec.BinaryCrossEntropy(), members=3),
    "likelihood": lambda: _table("class", spec.LogLikelihood()),
    "multiclass": lambda: _table("class", spec.CrossEntropy()),
    "uneven": lambda: _sequences([5, 3, 9, 1, 4, 12]),
    "even": lambda: _sequences([6] * 8),
    "images": _digits,
    "text": _text,
}


@functools.cache
def example(name):
    """Return an example by name."""
    return EXAMPLES[name]()
