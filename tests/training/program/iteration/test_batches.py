"""Each epoch contains every row once, and the last batch counts only its own rows."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import InputError, spec
from assay.training import Examples, Program, capacity_for, pad
from assay.training.program.iteration._batch import take_batch

COUNTS = st.integers(1, 70)
SIZES = st.sampled_from([1, 2, 7, 16, 40, "all"])


def program_of(batch_size, capacity):
    """Create a program without compiling it."""
    asked = spec.Training(
        model=(),
        cost="cross_entropy",
        regularizers=(),
        batch_size=batch_size,
        num_epochs=1,
    )
    return Program(asked, (2,), num_classes=3, capacity=capacity)


PROGRAMS = {}


def drawn(count, batch_size):
    """Return a program and a part of n rows; row i has (i, 2 i) and class i % 3."""
    rows = np.arange(count)
    inputs = np.stack([rows, 2 * rows], axis=1).astype(np.float32)
    part = pad(inputs, (rows % 3).astype(np.int32), capacity_for(count))
    key = batch_size, part.capacity
    if key not in PROGRAMS:
        PROGRAMS[key] = program_of(*key)
    return PROGRAMS[key], part


@given(COUNTS, SIZES, st.integers(0, 99), st.integers(0, 50))
def test_an_epoch_is_a_permutation_of_the_real_rows(count, batch_size, seed, epoch):
    program, part = drawn(count, batch_size)
    orders = program.orders(seed, epoch, part)
    batches = program.iterations_per_epoch(count)
    assert orders.shape[0] == program.chunk_epochs
    assert orders.shape[1] % program.batch_size == 0
    assert orders.shape[1] >= batches * program.batch_size >= count
    for order in orders:
        np.testing.assert_array_equal(np.sort(order[:count]), np.arange(count))
        assert (order[count:] < part.capacity).all()
    np.testing.assert_array_equal(program.orders(seed, epoch + 1, part)[0], orders[1])


def test_only_epochs_that_will_run_are_shuffled():
    program, part = drawn(30, 7)
    orders = program.orders(0, 4, part)
    first = program.orders(0, 4, part, end=6)
    np.testing.assert_array_equal(first[:2], orders[:2])
    assert first.shape == orders.shape
    assert not first[2:].any()
    np.testing.assert_array_equal(program.orders(0, 4, part, end=99), orders)


@pytest.mark.parametrize(
    ("count", "batch_size"), [(30, 1), (30, 7), (32, 16), (41, 40), (5, "all")]
)
def test_the_batches_of_an_epoch_hold_every_row_once(count, batch_size):
    program, part = drawn(count, batch_size)
    order = program.orders(0, 0, part)[0]
    take = jax.jit(take_batch, static_argnums=3)
    seen = []
    for index in range(program.iterations_per_epoch(count)):
        batch = take(jax.device_put(part), order, index, program.batch_size)
        inputs, targets, mask = map(np.asarray, batch[:3])
        assert len(targets) == program.batch_size
        assert mask.sum() > 0
        rows = inputs[mask > 0, 0]
        np.testing.assert_array_equal(inputs[mask > 0, 1], 2 * rows)
        np.testing.assert_array_equal(targets[mask > 0], rows % 3)
        seen.extend(rows)
    assert sorted(seen) == list(range(count))


def test_epochs_and_seeds_have_orders_of_their_own():
    program, part = drawn(60, 7)
    orders = [*program.orders(0, 0, part), *program.orders(1, 0, part)]
    assert len({tuple(order) for order in orders}) == 2 * program.chunk_epochs


def test_the_cost_of_a_partial_batch_is_that_of_its_rows(start, training, problem):
    """30 rows in batches of 7 leave 2 rows and 5 padding rows in the last batch."""
    data = problem()
    fit = start(training(), data)
    order = fit.program.orders(0, 0, data.train)[0]
    for index in range(5):
        parameters = fit.last().parameters
        rows = order[7 * index : min(7 * index + 7, 30)]
        first, last = (np.float64(parameters[n]["kernel"]) for n in parameters)
        hidden = np.tanh(data.train.inputs[rows] @ first + parameters["dense1"]["bias"])
        outputs = hidden @ last + parameters["output"]["bias"]
        logs = outputs - np.log(np.exp(outputs).sum(1, keepdims=True))
        expected = -logs[np.arange(len(rows)), data.train.targets[rows]].mean()
        fit.advance(iterations=1)
        cost = fit.history.iterations["cost"][-1]
        np.testing.assert_allclose(cost, expected, rtol=1e-5)
    assert len(rows) == 2


@given(st.integers(1, 200_000))
def test_a_capacity_fits_and_wastes_little(count):
    capacity = capacity_for(count)
    assert capacity >= count
    assert capacity_for(capacity) == capacity
    assert capacity_for(count + 1) >= capacity
    if count > 6:
        assert capacity - count <= count / 4


def test_there_are_few_capacities():
    """Data sets of similar sizes share a program, with at most 5 sizes per doubling."""
    sizes = {capacity_for(count) for count in range(8, 1025)}
    assert len(sizes) <= 5 * 7
    assert max(sizes) == 1024


@given(st.integers(0, 9), st.integers(0, 5))
def test_padding_adds_rows_of_zeros(count, missing):
    inputs = np.ones((count, 3, 2), np.float32)
    part = pad(inputs, np.ones(count, np.int32), count + missing)
    assert isinstance(part, Examples)
    assert (part.capacity, int(part.count)) == (count + missing, count)
    assert part.inputs.shape == (count + missing, 3, 2)
    assert part.inputs.sum() == 6 * count
    assert part.targets.sum() == count
    assert (part.inputs[:count] == 1).all()
    assert part.inputs.dtype == np.float32 and part.targets.dtype == np.int32


def test_padding_changes_no_training(start, training, problem):
    """This includes batch normalization, which uses the whole batch."""
    data = problem()
    inputs, targets = data.train.inputs[:30], data.train.targets[:30]
    layers = (spec.Dense(5), spec.BatchNorm(), spec.ReLU())
    asked = training(model=layers, batch_size="all", optimizer=spec.SGD(0.1))
    fits = [
        start(asked, data._replace(train=pad(inputs, targets, size)), num_iterations=20)
        for size in (30, 40)
    ]
    exact, padded = (np.stack([*fit.run().history.epochs.values()]) for fit in fits)
    np.testing.assert_allclose(padded, exact, rtol=1e-4)
    assert exact[0, -1] < exact[0, 0]


def test_batch_norm_leaves_out_a_last_batch_of_one_row(start, training, problem):
    """Normalized by itself, such a row is all zeros and has no variance."""
    rng = np.random.default_rng(0)
    targets = np.arange(65, dtype=np.int32) % 7
    inputs = (4 * np.eye(7)[targets] + rng.normal(size=(65, 7))).astype(np.float32)
    part = pad(inputs, targets, 80)
    asked = training(
        model=(spec.Dense(32), spec.BatchNorm(), spec.ReLU()),
        optimizer=spec.Adam(0.01),
        batch_size=64,
        num_epochs=40,
    )
    fit = start(asked, problem(7)._replace(train=part, val=part)).run()
    assert (fit.iterations_per_epoch, len(fit.history.epochs["val_score"])) == (1, 40)
    assert fit.history.epochs["val_score"][-1] >= 0.95
    counts = fit.program.iterations_per_epoch
    assert [counts(n) for n in (1, 2, 64, 66, 128, 129, 130)] == [1, 1, 1, 2, 2, 2, 3]


def test_batch_norm_needs_more_than_one_place():
    def make(layers, shape):
        asked = spec.Training(
            model=layers,
            cost="squared_error",
            optimizer=spec.SGD(0.1),
            regularizers=(),
            batch_size=1,
        )
        return Program(asked, shape, num_classes=1, capacity=8)

    with pytest.raises(InputError, match="`batch_size >= 2` must hold.* batch_norm1"):
        make((spec.Dense(4), spec.BatchNorm()), (3,))
    make((spec.Conv1D(4, 3), spec.BatchNorm(), spec.Flatten()), (9, 1))
