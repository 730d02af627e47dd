"""Augmentations obey a common contract and follow their formulas."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from assay._errors import InputError
from assay.nn import Draws
from assay.regularize import (
    AUGMENTATIONS,
    Batch,
    augment,
    check_augmentations,
    get_augmentation,
)

SHAPES = {1: (5,), 2: (11, 3), 3: (12, 10, 2), 4: (3, 4, 5, 2)}
KEY = jax.random.key(3)
PAIRS = [
    pytest.param(member, SHAPES[rank], id=f"{name}, rank {rank}")
    for name, member in AUGMENTATIONS.items()
    for rank in member.ranks
]
EVERY = pytest.mark.parametrize(("member", "shape"), PAIRS)

# For each augmentation, the values for which an example does not change.
NEUTRAL = {
    "shift": {"max_fraction": 0.0},
    "rotate": {"max_degrees": 0.0},
    "brightness": {"strength": 0.0},
    "contrast": {"strength": 0.0},
    "cutout": {"size_fraction": 0.0},
    "jitter": {"strength": 0.0},
    "masking": {"rate": 0.0},
    "scaling": {"strength": 0.0},
    "time_shift": {"max_fraction": 0.0},
    "time_crop": {"min_fraction": 1.0},
}
# Values for which nearly every varied example changes.
STRONG = {
    "horizontal_flip": {},
    "vertical_flip": {},
    "shift": {"max_fraction": 0.9},
    "rotate": {"max_degrees": 90.0},
    "cutout": {"size_fraction": 0.9},
    "masking": {"rate": 0.9},
    "time_shift": {"max_fraction": 0.9},
    "time_crop": {"min_fraction": 0.1},
    "mixup": {"alpha": 1.0},
    **dict.fromkeys(("brightness", "contrast", "jitter", "scaling"), {"strength": 0.5}),
}
# Augmentations that preserve the mean exactly or on average.
KEEPS_EACH_MEAN = ("horizontal_flip", "vertical_flip", "contrast")
KEEPS_MEAN = (*KEEPS_EACH_MEAN, "brightness", "jitter", "scaling", "mixup")


class FixedDraws:
    """A stand-in for random numbers that returns numbers chosen by the test."""

    def __init__(self, *values):
        self.values = list(values)

    def uniform(self, shape):
        value = self.values.pop(0)
        return jnp.broadcast_to(jnp.asarray(value, jnp.float32), shape)

    noise = uniform


def varied(name, batch, *values, **hyper):
    """Vary a batch with given random numbers and default values for other settings."""
    member = get_augmentation(name)
    hyper = member.hyperparameters | hyper
    run = jax.jit(lambda batch: member.augment(batch, FixedDraws(*values), **hyper))
    return jax.tree.map(np.asarray, run(batch))


@cache
def compiled(name):
    """Return an augmentation as one compiled function of all its arguments."""
    return jax.jit(
        lambda batch, key, hyper: AUGMENTATIONS[name].augment(
            batch, Draws(key), **hyper
        )
    )


def drawn(name, batch, key=KEY, **hyper):
    """Apply an augmentation to a batch."""
    hyper = AUGMENTATIONS[name].hyperparameters | hyper
    return jax.tree.map(np.asarray, compiled(name)(batch, key, hyper))


def batch_of(shape, *, rows=256, num_real=None, lengths=None, seed=0):
    """Return a batch of random numbers with one-hot targets of 3 classes."""
    rng = np.random.default_rng(seed)
    mask = np.arange(rows) < (rows if num_real is None else num_real)
    return Batch(
        rng.normal(size=(rows, *shape)).astype(np.float32),
        np.eye(3, dtype=np.float32)[np.arange(rows) % 3],
        mask.astype(np.float32),
        None if lengths is None else np.array(lengths, np.int32),
    )


def batch_from(inputs):
    """Return a batch of given inputs; all rows are real, and all targets 0."""
    inputs = np.asarray(inputs, np.float32)
    zeros = np.zeros(len(inputs), np.float32)
    return Batch(inputs, zeros, zeros + 1)


@EVERY
def test_shapes_and_dtypes_are_kept(member, shape):
    batch = batch_of(shape)
    found = drawn(member.name, batch)
    assert found.inputs.shape == batch.inputs.shape
    assert found.inputs.dtype == found.targets.dtype == jnp.float32
    assert np.isfinite(found.inputs).all()
    np.testing.assert_allclose(found.targets.sum(1), 1, rtol=1e-5)
    if not member.mixes_targets:
        np.testing.assert_array_equal(found.targets, batch.targets)


@EVERY
def test_a_key_determines_what_is_drawn(member, shape):
    batch = batch_of(shape)
    one, same, other = (
        np.asarray(drawn(member.name, batch, key).inputs)
        for key in (KEY, KEY, jax.random.key(4))
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    assert (one != np.asarray(batch.inputs)).any()


@EVERY
def test_the_probability_is_the_share_of_examples_that_change(member, shape):
    batch = batch_of(shape)

    def share(probability):
        strong = STRONG[member.name] | {"probability": probability}
        found = drawn(member.name, batch, **strong)
        changed = abs(np.asarray(found.inputs) - np.asarray(batch.inputs)) > 1e-6
        if probability == 0:
            np.testing.assert_array_equal(found.targets, batch.targets)
        return changed.reshape(256, -1).any(1).mean()

    assert share(0.0) == 0
    assert share(0.4) == pytest.approx(0.4, abs=0.12)
    assert share(1.0) > 0.8  # a move may be 0


@pytest.mark.parametrize("name", NEUTRAL)
def test_strength_0_changes_nothing(name):
    batch = batch_of(SHAPES[AUGMENTATIONS[name].ranks[-1]])
    found = drawn(name, batch, **NEUTRAL[name])
    np.testing.assert_allclose(found.inputs, batch.inputs, atol=1e-5)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_every_hyperparameter_is_an_input(name):
    """New values do not cause a compilation, and gradients reach the examples."""
    member = AUGMENTATIONS[name]
    batch = batch_of(SHAPES[member.ranks[0]])

    @jax.jit
    def slope(batch, hyper):
        def total(inputs):
            examples = batch._replace(inputs=inputs)
            return member.augment(examples, Draws(KEY), **hyper).inputs.sum()

        return jax.grad(total)(batch.inputs)

    for factor in (1.0, 0.9, 0.5):
        hyper = {k: np.float32(v * factor) for k, v in member.hyperparameters.items()}
        gradient = np.asarray(slope(batch, hyper))
    assert slope._cache_size() == 1
    assert np.isfinite(gradient).all()
    assert (gradient != 0).mean() > 0.5


@pytest.mark.parametrize("name", KEEPS_MEAN)
def test_means_are_preserved(name):
    batch = batch_of(SHAPES[AUGMENTATIONS[name].ranks[-1]])
    inputs = np.asarray(batch.inputs).reshape(256, -1)
    keys = [KEY] if name in KEEPS_EACH_MEAN else jax.random.split(KEY, 10)
    found = [np.asarray(drawn(name, batch, key).inputs) for key in keys]
    found = np.stack(found).reshape(-1, 256, inputs.shape[1])
    if name in KEEPS_EACH_MEAN:
        np.testing.assert_allclose(found[0].mean(1), inputs.mean(1), atol=1e-5)
    else:
        assert abs((found - inputs).mean()) < 0.005


def test_flips_and_shifts_move_pixels_to_the_right_places():
    image = np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1)
    batch = batch_from(image)

    def moved(name, *values, **hyper):
        return np.asarray(varied(name, batch, *values, **hyper).inputs)

    np.testing.assert_array_equal(moved("horizontal_flip", 0.4), image[:, :, ::-1])
    np.testing.assert_array_equal(moved("vertical_flip", 0.4), image[:, ::-1])
    np.testing.assert_array_equal(moved("vertical_flip", 0.6), image)
    # at most 2 of 4 columns and 1 of 3 rows: up by one, right by two
    shifted = moved("shift", 0.0, 0.0, 0.99, max_fraction=0.5)[0, :, :, 0]
    expected = image[0, [1, 2, 2]][:, [0, 0, 0, 1], 0]
    np.testing.assert_array_equal(shifted, expected)


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_quarter_turn_is_exact(sign):
    image = np.random.default_rng(0).normal(size=(1, 5, 5, 2)).astype(np.float32)
    batch = batch_from(image)
    draws = (0.0, 0.0 if sign < 0 else 1.0)
    found = varied("rotate", batch, *draws, max_degrees=90.0).inputs
    expected = np.rot90(image, sign, axes=(1, 2))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_rotation_between_pixels_equals_scipys():
    from scipy import ndimage

    image = np.random.default_rng(0).normal(size=(9, 7)).astype(np.float32)
    batch = batch_from(image[None, :, :, None])
    found = varied("rotate", batch, 0.0, 1.0, max_degrees=20.0)
    expected = ndimage.rotate(image, 20, reshape=False, order=1, mode="nearest")
    np.testing.assert_allclose(found.inputs[0, :, :, 0], expected, atol=1e-4)


def test_cutout_covers_a_rectangle_of_its_size():
    batch = batch_of((8, 8, 1), rows=6)
    found = varied("cutout", batch, 0.0, 0.5, 0.25, size_fraction=0.5).inputs
    changed = np.asarray(found != batch.inputs)[0, :, :, 0]
    rows, columns = np.nonzero(changed.any(1))[0], np.nonzero(changed.any(0))[0]
    assert (rows.tolist(), columns.tolist()) == ([2, 3, 4, 5], [0, 1, 2, 3])
    assert changed.sum() == 16
    mean = np.asarray(batch.inputs).mean((1, 2))
    np.testing.assert_allclose(found[0, 3, 2], mean[0], rtol=1e-5)


def test_noise_has_the_requested_strength():
    batch = batch_from(np.ones((4000, 3)))
    for name in ("jitter", "scaling"):
        found = drawn(name, batch, strength=0.3).inputs
        assert float(found.std()) == pytest.approx(0.3, rel=0.03)
    masked = drawn("masking", batch, rate=0.3).inputs
    assert float((masked == 0).mean()) == pytest.approx(0.3, abs=0.02)
    assert set(np.unique(masked)) == {0.0, 1.0}


def test_time_shift_and_crop_read_at_the_right_times():
    batch = batch_from(np.arange(9).reshape(1, 9, 1))

    def read(name, *values, **hyper):
        return varied(name, batch, 0.0, *values, **hyper)

    later = read("time_shift", 0.99, max_fraction=0.25).inputs.ravel()
    assert later.tolist() == [0, 0, 0, 1, 2, 3, 4, 5, 6]
    sooner = read("time_shift", 0.0, max_fraction=0.25).inputs.ravel()
    assert sooner.tolist() == [2, 3, 4, 5, 6, 7, 8, 8, 8]
    window = read("time_crop", 0.0, 0.5, min_fraction=0.5).inputs.ravel()
    np.testing.assert_allclose(window, 2 + np.arange(9) / 2, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "hyper"),
    [("time_shift", {"max_fraction": 0.9}), ("time_crop", {"min_fraction": 0.1})],
)
def test_padding_does_not_enter_a_sequence(name, hyper):
    lengths = [9, 4, 1, 2, 9, 6]
    batch = batch_of((9, 3), rows=6, lengths=lengths)
    padding = np.arange(9)[None, :, None] >= np.array(lengths)[:, None, None]
    inputs = np.where(padding, np.float32(1e6), batch.inputs)
    batch = batch._replace(inputs=inputs)
    found = drawn(name, batch, **hyper)
    assert (np.asarray(found.inputs)[np.broadcast_to(padding, (6, 9, 3))] == 1e6).all()
    real = np.asarray(found.inputs)[~np.broadcast_to(padding, (6, 9, 3))]
    assert (abs(real) < 10).all()


def test_mixup_mixes_inputs_and_targets_alike_with_real_rows_only():
    batch = batch_of((4,), rows=7, num_real=5)
    spoiled = batch._replace(inputs=batch.inputs.copy())
    spoiled.inputs[5:] = 1e6
    mixed = drawn("mixup", spoiled, alpha=1.0)
    assert (abs(mixed.inputs[:5]) < 10).all()
    np.testing.assert_array_equal(mixed.inputs[5:], spoiled.inputs[5:])
    other = np.array([1, 2, 3, 4, 0])
    x, t = np.asarray(batch.inputs)[:5], np.asarray(batch.targets)[:5]
    share = (mixed.inputs[:5, :1] - x[other, :1]) / (x[:, :1] - x[other, :1])
    assert ((share > 0) & (share < 1)).all()
    for found, values in ((mixed.inputs, x), (mixed.targets, t)):
        expected = share * values + (1 - share) * values[other]
        np.testing.assert_allclose(found[:5], expected, atol=1e-4)


@pytest.mark.parametrize("alpha", [0.1, 0.4, 1.0, 3.0])
def test_the_share_of_a_mixture_is_beta_distributed(alpha):
    rows = 4000
    inputs = np.arange(rows)[:, None] % 2  # the neighbors are 0 and 1
    found = drawn("mixup", batch_from(inputs), alpha=alpha).inputs
    share = np.where(inputs == 1, found, 1 - found).ravel()
    law = stats.beta(alpha, alpha)
    places = np.linspace(0.01, 0.99, 50)  # beyond this range, float32 rounds to 0 and 1
    law_there = (share[:, None] <= places).mean(0)
    np.testing.assert_allclose(law_there, law.cdf(places), atol=0.03)
    assert share.var() == pytest.approx(law.var(), rel=0.05)


def test_several_are_applied_in_order():
    batch = batch_from(np.ones((2, 3)))
    hyper = {
        "masking": {"rate": 1.0, "probability": 1.0},
        "jitter": {"strength": 1.0, "probability": 1.0},
    }

    @jax.jit
    def both(batch):
        last = augment(batch, ["jitter", "masking"], Draws(KEY), hyper=hyper)
        first = augment(batch, ["masking", "jitter"], Draws(KEY), hyper=hyper)
        return last.inputs, first.inputs

    last, first = map(np.asarray, both(batch))
    assert (last == 0).all()
    assert (first != 0).all()


def test_augmentations_that_do_not_fit_are_reported_together():
    with pytest.raises(InputError) as caught:
        check_augmentations(["rotate", "jitter", "time_crop"], (64,))
    first, second = caught.value.faults
    assert "`input_shape == (height, width, channels)`" in first
    assert "`input_shape == (steps, channels)`" in second
    assert "Replace 'time_crop' with one of" in second
    assert "input_shape=(64,)" in first
    assert "Replace 'rotate' with one of mixup, jitter, masking, scaling." in first
    with pytest.raises(InputError, match="Did you mean 'rotate'"):
        get_augmentation("rotat")
