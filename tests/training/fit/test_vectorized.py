"""Several fits that run together give the same results as separate fits."""

import jax
import numpy as np
import pytest

from assay import spec
from assay.training import pad
from assay.training.program._epochs import Batches

RATES = (0.02, 0.05, 3e38)  # the last one overflows float32, so it diverges
PATIENCE = (2, 30, 30)
NUM_EPOCHS = 12


@pytest.fixture(scope="module")
def fits(start, training, problem):
    """Create three new fits of one program."""
    data = problem()
    inputs, targets = data.train.inputs[:15], data.train.targets[:15]
    data = data._replace(train=pad(inputs, targets, 32))
    data = data.with_val(inputs, (targets + 1) % 3)  # val gets worse
    asked = [
        training(
            model=(spec.Dense(8), spec.BatchNorm(), spec.Tanh(), spec.Dropout(rate)),
            optimizer=spec.SGD(learning_rate),
            regularizers=[spec.EarlyStopping(patience)],
            num_epochs=NUM_EPOCHS,
        )
        for learning_rate, patience, rate in zip(
            RATES, PATIENCE, (0.1, 0.3, 0.5), strict=True
        )
    ]
    return [start(a, data, seed=seed) for seed, a in enumerate(asked)], data


def stacked(trees):
    """Stack the leaves of several trees."""
    return jax.tree.map(lambda *leaves: np.stack(leaves), *trees)


@pytest.fixture(scope="module")
def together(fits):
    """Return the separate states and records of the members."""
    alone, data = fits
    program = alone[0].program
    assert all(fit.program is program for fit in alone)
    state = stacked([jax.device_get(fit.state) for fit in alone])
    hyper = stacked([fit.hyperparameters for fit in alone])
    orders = np.stack([program.orders(fit.seed, 0, data.train) for fit in alone])
    stop = NUM_EPOCHS * alone[0].iterations_per_epoch
    span = np.array([0, stop, 0, alone[0].iterations_per_epoch], np.int32)
    found = program.advance_members(
        state, hyper, (data.train, data.val), Batches(orders, *span)
    )
    found = jax.device_get(found)
    return [jax.tree.map(lambda leaf, i=i: leaf[i], found) for i in range(3)]


@pytest.mark.parametrize("member", range(3))
def test_each_equals_the_fit_by_itself(fits, together, member):
    """Results agree to a tolerance, because matrix products differ in their order."""
    fit = fits[0][member].run()
    state, records = together[member]
    rows, epochs = fit.iteration, fit.epoch
    for ours, theirs in (
        (records.iterations[:rows], fit.history.iterations),
        (records.epochs[:epochs], fit.history.epochs),
    ):
        expected = np.stack(list(theirs.values()), axis=1)
        np.testing.assert_allclose(ours, expected, rtol=2e-3, atol=2e-5)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-5),
        state,
        jax.device_get(fit.state),
    )


def test_members_stop_each_in_its_own_time(fits, together):
    """One fit stops by its patience, one runs to completion, and one diverges."""
    stopped = [bool(state.stopped) for state, _ in together]
    diverged = [int(state.diverged_at) for state, _ in together]
    assert stopped == [True, False, True]
    assert diverged[:2] == [-1, -1] and diverged[2] >= 0
    ends = [fit.run().epoch for fit in fits[0]]
    assert ends[0] < NUM_EPOCHS and ends[1] == NUM_EPOCHS and ends[2] <= 2


def test_a_member_that_has_stopped_writes_nothing_more(fits, together):
    for fit, (_, records) in zip(fits[0], together, strict=True):
        fit.run()
        assert np.isnan(records.iterations[fit.iteration :]).all()
        assert np.isnan(records.epochs[fit.epoch :]).all()
        assert not np.isnan(records.iterations[: fit.iteration, -1]).any()


def test_it_is_traced_once(fits, together):
    program, data = fits[0][0].program, fits[1]
    before = program.num_traces
    state = stacked(
        [program.initialize(seed, fits[0][0].hyperparameters) for seed in (7, 8, 9)]
    )
    hyper = stacked([fits[0][1].hyperparameters] * 3)
    orders = np.stack([program.orders(7, 0, data.train)] * 3)
    span = np.array([0, 3, 0, fits[0][0].iterations_per_epoch], np.int32)
    parts = (data.train, data.val)
    program.advance_members(state, hyper, parts, Batches(orders, *span))
    assert program.num_traces == before
