"""The responses of the unit on splits and batches."""

import base64

import numpy as np
import pytest

from assay import InputError, data
from assay.lab.units._registry import respond


def test_every_example_is_in_one_part_with_every_class_in_each():
    told = respond("batches", "split", {})
    assert told["sizes"] == {"train": 70, "val": 15, "test": 15}
    assert np.bincount(told["parts"]).tolist() == [70, 15, 15]
    counts = np.array(told["counts"])
    assert counts.sum(axis=1).tolist() == [10] * 10
    assert counts.min() >= 1 and told["notes"] == []
    first = np.frombuffer(base64.b64decode(told["images"]), np.uint8)[:64]
    dataset = data.load("digits")
    pixels = [dataset.values(f"pixel_{r}_{c}")[0] for r in range(8) for c in range(8)]
    assert first.tolist() == pixels


def test_all_examples_are_split_as_in_a_run():
    told = respond("batches", "split", {"num_examples": 0, "seed": 3})
    parts = data.split(data.load("digits"), seed=3)
    assert np.flatnonzero(np.array(told["parts"]) == 2).tolist() == parts.test.tolist()


def test_the_preparation_is_fitted_on_train_alone():
    told = respond("batches", "split", {"data": "wine", "num_examples": 0})
    row = told["preparation"][0]
    values = data.load("wine").values(row["column"]).to_numpy()
    train = values[np.array(told["parts"]) == 0]
    _, mean, std = row["train"]
    assert (mean, std) == pytest.approx((train.mean(), train.std()))
    assert row["all"][1] == pytest.approx(values.mean())
    assert row["all"][1] != row["train"][1]
    assert row["value"] == values[row["row"]]
    assert row["prepared"] == pytest.approx((row["value"] - mean) / std, rel=1e-5)
    assert told["parts"][row["row"]] == 2  # an example of test


@pytest.mark.slow
def test_each_epoch_is_one_permutation_with_a_short_last_batch():
    told = respond("batches", "passes", {})
    assert (told["per_epoch"], told["num_train"], told["batch_size"]) == (18, 70, 4)
    epochs = [
        [
            e
            for step in told["iterations"]
            if step["epoch"] == epoch
            for e in step["examples"]
        ]
        for epoch in (0, 1)
    ]
    parts = np.array(respond("batches", "split", {})["parts"])
    for order in epochs:
        assert sorted(order) == np.flatnonzero(parts == 0).tolist()
    assert epochs[0] != epochs[1]
    assert len(told["iterations"][17]["examples"]) == 2


def one_step(examples):
    """Return the gradient of the first iteration's network, computed with NumPy."""
    from assay.lab.units.batching._passes import Passes, _fit
    from assay.lab.units.batching._split import parts_of

    body = Passes()
    parts = parts_of(body)
    fit = _fit(parts, body, 4)
    w = {k: np.float64(v) for k, v in fit.last().parameters["dense1"].items()}
    v = {k: np.float64(x) for k, x in fit.last().parameters["output"].items()}
    preparation = data.Preparation.fit(parts.dataset, parts.split.train)
    x = np.float64(preparation.transform(parts.dataset, np.array(examples)))
    t = np.eye(10)[parts.dataset.target[examples]]
    h = np.tanh(x @ w["kernel"] + w["bias"])
    logits = h @ v["kernel"] + v["bias"]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    error = (p - t) / len(t)
    inner = error @ v["kernel"].T * (1 - h**2)
    return np.concatenate(
        [a.ravel() for a in (x.T @ inner, inner.sum(0), h.T @ error, error.sum(0))]
    )


@pytest.mark.slow
def test_angle_and_length_are_those_of_the_gradients():
    first = respond("batches", "passes", {})["iterations"][0]
    train = np.flatnonzero(np.array(respond("batches", "split", {})["parts"]) == 0)
    g, full = one_step(first["examples"]), one_step(train)
    assert first["length"] == pytest.approx(np.linalg.norm(g), rel=1e-4)
    assert first["full_length"] == pytest.approx(np.linalg.norm(full), rel=1e-4)
    cosine = g @ full / np.linalg.norm(g) / np.linalg.norm(full)
    assert first["angle_degrees"] == pytest.approx(
        np.degrees(np.arccos(cosine)), abs=0.01
    )


@pytest.mark.slow
def test_larger_batches_point_more_exactly():
    told = respond("batches", "angles", {})
    means = {size["batch_size"]: size["mean"] for size in told["sizes"]}
    assert list(means) == [1, 2, 4, 8, 16, 32, 64, 70]
    assert means[1] > means[4] > means[16] > means[64] > means[70]
    assert means[70] < 1e-3
    first = respond("batches", "passes", {})["iterations"][0]
    of_four = told["sizes"][2]
    assert of_four["smallest"] <= first["angle_degrees"] <= of_four["largest"]
    train = np.flatnonzero(np.array(respond("batches", "split", {})["parts"]) == 0)
    g, full = one_step(first["examples"]), one_step(train)
    cosine = g @ full / np.linalg.norm(g) / np.linalg.norm(full)
    assert first["angle_degrees"] == pytest.approx(np.degrees(np.arccos(cosine)), 1e-3)


@pytest.mark.slow
def test_a_batch_of_all_examples_has_the_full_gradient():
    told = respond("batches", "passes", {"batch_size": 0, "data": "iris"})
    assert [len(step["examples"]) for step in told["iterations"]] == [70, 70]
    assert all(step["angle_degrees"] < 0.1 for step in told["iterations"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"num_examples": 5}, "20 <= num_examples"),
        ({"train": 0.9, "val": 0.1}, "train \\+ val < 1"),
        ({"run": "../secrets"}, "run"),
    ],
)
def test_impossible_splits_are_refused(body, message):
    with pytest.raises(InputError, match=message):
        respond("batches", "split", body)
