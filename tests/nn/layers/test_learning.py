"""Small networks learn tasks that suit their layers."""

import jax
import numpy as np
import pytest

from assay import spec
from assay.training import TrainingData

pytestmark = pytest.mark.slow  # compiles six programs

NUM_TRAIN, NUM_VAL = 192, 96
RNG = np.random.default_rng(0)


def bars():
    """Draw noisy images of a horizontal or vertical bar at a random place."""
    targets = RNG.integers(0, 2, NUM_TRAIN + NUM_VAL)
    images = RNG.normal(0, 0.2, (len(targets), 8, 8, 1))
    for image, stands in zip(images, targets, strict=True):
        place = RNG.integers(8)
        image[(slice(None), place) if stands else place] += 1
    return images.astype(np.float32), targets


def first_signs():
    """Draw sequences of lengths 1 to 8; the target is the sign of the first number."""
    lengths = RNG.integers(1, 9, NUM_TRAIN + NUM_VAL)
    values = RNG.choice([-1.0, 1.0], (len(lengths), 8, 1)).astype(np.float32)
    targets = values[:, 0, 0] > 0
    values[np.arange(8) >= lengths[:, None]] = 9.0  # padding misleads
    return {"values": values, "lengths": lengths.astype(np.int32)}, targets


def holds_a_token():
    """Draw rows of 6 of 12 tokens; the target is whether token 3 occurs."""
    tokens = RNG.integers(0, 12, (NUM_TRAIN + NUM_VAL, 6))
    rows = RNG.random(len(tokens)) < 0.3
    tokens[rows, RNG.integers(0, 6, rows.sum())] = 3
    return tokens.astype(np.float32), (tokens == 3).any(1)


def odd_code():
    """Draw a table of two numbers and a code; the target is whether the code is odd."""
    codes = RNG.integers(0, 9, NUM_TRAIN + NUM_VAL)
    table = RNG.normal(size=(len(codes), 3))
    table[:, 1] = codes
    return table.astype(np.float32), codes % 2 == 1


CASES = {
    "convolution": (
        bars(),
        (
            spec.Input((8, 8, 1)),
            spec.Conv2D(6, 3),
            spec.BatchNorm(),
            spec.ReLU(),
            spec.MaxPool2D(2),
            spec.Residual([spec.Conv2D(6, 3), spec.SpatialDropout(0.1)]),
            spec.LeakyReLU(),
            spec.GlobalAveragePool(),
        ),
    ),
    "gru": (first_signs(), (spec.GRU(8),)),
    "lstm": (
        first_signs(),
        (spec.Conv1D(4, 1), spec.LayerNorm(), spec.LSTM(8, bidirectional=True)),
    ),
    "embedding": (
        holds_a_token(),
        (spec.Embedding(12, 4), spec.Dense(4), spec.ReLU(), spec.GlobalMaxPool()),
    ),
    "columns": (odd_code(), (spec.EmbedColumns(((1, 9),)), spec.Dense(8), spec.Tanh())),
    "attention": (
        first_signs(),
        (
            spec.Dense(8),
            spec.PositionEmbedding(),
            spec.Residual([spec.RMSNorm(), spec.SelfAttention(2)]),
            spec.GroupNorm(2),
            spec.Mish(),
            spec.GRU(4, reverse=True, reset_after=False, initial_state="learned"),
        ),
    ),
}


@pytest.fixture(scope="module", params=CASES)
def begin(request):
    """Return a function that starts a fit of the network with a fixed seed."""
    (inputs, targets), layers = CASES[request.param]
    parts = [
        (jax.tree.map(lambda a, part=part: a[part], inputs), np.int32(targets[part]))
        for part in (slice(NUM_TRAIN), slice(NUM_TRAIN, None))
    ]
    training = spec.Training(
        model=layers,
        cost="binary_cross_entropy",
        optimizer=spec.Adam(0.02),
        regularizers=(spec.L2(1e-6),),
        clip_norm=1.0,
        batch_size=24,
        num_epochs=40,
    )
    training_data = TrainingData.of(*parts, num_classes=2)
    return lambda: training_data.fit(training, seed=0, measure_layers=False)


@pytest.fixture(scope="module")
def whole(begin):
    """Return a fit that was run to completion in one call."""
    return begin().run()


def test_it_learns_and_generalizes(whole):
    last = {name: column[-1] for name, column in whole.history.epochs.items()}
    assert last["train_cost"] < 0.05
    assert last["train_score"] == 1.0
    assert last["val_score"] >= 0.97


def test_training_in_steps_is_bit_for_bit_the_same(begin, whole, tmp_path):
    fit = begin()
    fit.advance(iterations=3)
    fit.advance(epochs=2)
    fit.save(tmp_path / "fit.safetensors")
    again = begin()
    again.restore(tmp_path / "fit.safetensors")
    again.advance(iterations=1)
    again.run()
    jax.tree.map(np.testing.assert_array_equal, again.result(), whole.result())
    np.testing.assert_array_equal(
        again.history.iterations["cost"], whole.history.iterations["cost"]
    )


def test_values_and_gradients_can_be_probed(begin):
    probed = begin().probe()
    assert set(probed["values"]) == set(probed["gradients"])
    for name, values in probed["values"].items():
        assert values.shape == probed["gradients"][name].shape
        assert np.isfinite(values).all()
    assert np.abs(probed["gradients"]["output"]).max() > 0
