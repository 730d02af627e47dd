"""X-rays of an iteration show the dropout masks that training used."""

import numpy as np
import pytest

from assay import nn, spec
from assay.nn import xray
from assay.training import TrainingData

NET = [
    spec.Dense(6),
    spec.Dropout(0.4),
    spec.Reshape((3, 2)),
    spec.SpatialDropout(0.5),
    spec.BatchNorm(),
]


@pytest.fixture(scope="module")
def fit():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 4)).astype(np.float32), np.int32([0, 1, 2] * 4)
    fields = {"cost": "cross_entropy", "regularizers": (), "num_epochs": 3}
    training = spec.Training(model=NET, batch_size=8, **fields)
    none = x[:0], y[:0]
    training_data = TrainingData.of((x, y), none, num_classes=3)
    lengths = {"num_iterations": 6, "total_iterations": 6}
    fit = training_data.fit(training, seed=1, **lengths)
    fit.iteration = 3  # masks depend on the key and on this
    return fit, x


def test_masks_and_values_are_those_of_the_iteration(fit):
    fit, x = fit
    probed = fit.probe()["values"]
    network = fit.program.network
    model = network._merge(
        fit.last().parameters, fit.hyperparameters.model, fit.state.statistics
    )
    place = fit.iteration % fit.iterations_per_epoch
    order = fit.program.orders(fit.seed, fit.epoch, fit.train)[0]
    rows = order[place * 8 : place * 8 + 8]
    real = place * 8 + np.arange(8) < len(x)
    watched = xray.watch(
        model,
        np.asarray(fit.train.inputs)[rows],
        training=True,
        mask=np.float32(real),
        key=nn.iteration_key(fit.state.key, fit.iteration),
    )
    for name in ("dropout1", "spatial_dropout1"):
        kept = watched.mask(name)
        assert 0 < kept.mean() < 1
        nonzero = watched.input(name) != 0  # zeros of the first remain zeros
        np.testing.assert_array_equal(kept & nonzero, probed[name] != 0)
        assert (nonzero & ~kept).any()
    for name in watched.names:
        np.testing.assert_allclose(watched.output(name), probed[name], atol=1e-5)
        row, *at = np.unravel_index(5, probed[name].shape)
        watched.explain(name, [int(i) for i in at], row=int(row))
    dropped = tuple(int(i) for i in np.argwhere(~watched.mask("dropout1"))[0])
    one = watched.explain("dropout1", dropped[1:], row=dropped[0])
    assert (one.value, one.details["dropped"]) == (0, True)


def test_one_row_alone_keeps_its_place_in_the_mask(fit):
    """The mask of a row depends on its position in the batch."""
    fit, x = fit
    model, key = fit.program.network.model, nn.iteration_key(fit.state.key, 2)
    whole = xray.watch(model, x, training=True, key=key).mask("dropout1")
    options = {"training": True, "key": key, "first_row": 5}
    alone = xray.watch(model, x[5:6], **options).mask("dropout1")
    np.testing.assert_array_equal(alone, whole[5:6])
    assert not np.array_equal(alone, whole[:1])
    assert xray.watch(model, x).mask("dropout1") is None
