"""Layers are measured during training, without changing its results."""

import jax
import numpy as np
import pytest
from flax import nnx

from assay import spec
from assay.training import MONITOR_FIELDS, TrainingData, advance_together
from assay.training.layer_monitors._outputs import LayerOutputs, measure_outputs


def measured(fit):
    """Return the fields of the latest measurement, by layer."""
    names = fit.program.network.layer_paths
    columns = fit.history.monitors
    return {
        name: {field: columns[field][-1, place] for field in MONITOR_FIELDS}
        for place, name in enumerate(names)
    }


def left(fit):
    """Return the results of a fit, except for the monitors."""
    return {
        "state": jax.device_get(fit.state),
        "iterations": fit.history.iterations,
        "epochs": fit.history.epochs,
        "result": fit.result(),
    }


def test_training_is_the_same_with_and_without_monitors(start, everything, assert_same):
    with_monitors = start(everything, num_iterations=52)
    with_monitors.monitor_interval = 5  # at the end of each epoch
    without = start(everything, num_iterations=52, monitors=False)
    assert_same(left(with_monitors.run()), left(without.run()))
    found = with_monitors.history.monitors["iteration"]
    assert found.tolist() == [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 52]
    assert without.history.monitors["iteration"].tolist() == []


def test_the_gradient_is_that_of_the_next_iteration(start, training):
    """The norms of the layers add up to the recorded norm, before it is clipped."""
    fit = start(training(clip_norm=0.1), num_iterations=5)
    fit.advance(iterations=1)
    columns = fit.history.monitors
    total = np.sqrt(np.nansum(columns["gradient_norm"][0] ** 2))
    assert total == pytest.approx(fit.history.iterations["gradient_norm"][0], rel=1e-5)


def test_the_gradient_leaves_penalties_out(start, training):
    """A penalty would hide that the cost hardly reaches a layer."""

    def first(*regularizers):
        fit = start(training(regularizers=regularizers), num_iterations=1)
        return fit.run().history.monitors["gradient_norm"][0]

    np.testing.assert_allclose(first(spec.L2(10.0)), first(), rtol=1e-6)


def test_the_update_is_that_of_the_next_iteration(start, training):
    fit = start(training(), num_iterations=5)
    before = fit.last().parameters
    fit.advance(iterations=1)
    after = fit.last().parameters
    columns = fit.history.monitors
    names = fit.program.network.layer_paths
    assert names == ("dense1", "tanh1", "output")
    for place, name in enumerate(names):
        ratio, norm = (
            columns[field][0, place] for field in ("update_ratio", "parameter_norm")
        )
        if name == "tanh1":
            assert np.isnan([ratio, norm]).all()
            continue
        old, new = (
            np.concatenate([v.ravel() for v in tree[name].values()])
            for tree in (before, after)
        )
        assert norm == pytest.approx(np.linalg.norm(old), rel=1e-5)
        expected = np.linalg.norm(new - old) / np.linalg.norm(old)
        assert ratio == pytest.approx(expected, rel=1e-4)


def test_outputs_are_summarized_over_the_training_rows(start, training, problem):
    data = problem()
    fit = start(training(), data, num_iterations=5).run()
    rows = data.train.inputs[: int(data.train.count)]
    values = np.tanh(rows @ _kernel(fit) + fit.last().parameters["dense1"]["bias"])
    found = measured(fit)["tanh1"]
    expected = {
        "mean": values.mean(),
        "std": values.std(),
        "min": values.min(),
        "max": values.max(),
        "saturated_share": np.mean(1 - values**2 < 0.05),
        "dead_share": 0.0,
    }
    for field, value in expected.items():
        assert found[field] == pytest.approx(value, rel=1e-4, abs=1e-6), field
    assert np.isnan(measured(fit)["dense1"]["saturated_share"])


def _kernel(fit):
    return fit.last().parameters["dense1"]["kernel"]


@pytest.mark.parametrize(
    ("layer", "bias", "dead", "saturated"),
    [
        (spec.ReLU(), -50.0, 1.0, np.nan),
        (spec.ReLU(), 50.0, 0.0, np.nan),
        (spec.LeakyReLU(), -50.0, 0.0, np.nan),
        (spec.ELU(), -50.0, 1.0, np.nan),
        (spec.Sigmoid(), 50.0, 1.0, 1.0),
        (spec.Tanh(), -3.0, 0.0, 1.0),
        (spec.Tanh(), 0.0, 0.0, 0.0),
    ],
    ids=lambda value: getattr(value, "kind", str(value)),
)
def test_known_activations_are_dead_or_saturated(
    start, training, layer, bias, dead, saturated
):
    asked = training(
        model=(spec.Dense(4, initializer="zeros"), layer),
        optimizer=spec.SGD(1e-30),
    )
    fit = start(asked, num_iterations=1)
    tree = jax.tree.map(np.copy, fit.last().parameters)
    tree["dense1"]["bias"][:] = bias
    packed = fit.program.static.packing.pack(tree)
    fit.state = fit.state._replace(parameters=packed)
    fit.run()
    found = measured(fit)[fit.program.network.layer_paths[1]]
    assert found["dead_share"] == dead
    np.testing.assert_equal(found["saturated_share"], np.float32(saturated))


def test_padded_steps_do_not_count():
    values = np.array([[[1.0], [9.0]], [[2.0], [3.0]], [[7.0], [7.0]]])
    outputs = LayerOutputs(values, 0 * values, np.array([1, 2, 2]))
    found = measure_outputs(outputs, 2, saturates=True)  # the last row is padding
    assert found.tolist() == pytest.approx([1, 1, 2, (2 / 3) ** 0.5, 1, 3])


NETWORKS = {
    "convolution": ((6, 6, 1), (spec.Conv2D(3, 3), spec.ReLU(), spec.MaxPool2D(2))),
    "residual": ((4,), (spec.Residual([spec.Dense(4), spec.ReLU()]),)),
    "recurrent": ((5, 2), (spec.LSTM(4), spec.Dropout(0.5))),
    "batch norm": ((4,), (spec.Dense(5), spec.BatchNorm(), spec.Sigmoid())),
    "softmax": ((4,), (spec.Dense(5), spec.Softmax())),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_kind_of_network_is_measured(training, name):
    shape, model = NETWORKS[name]
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(40, *shape)).astype(np.float32)
    targets = rng.integers(0, 3, 40)
    data = TrainingData.of((inputs, targets), (inputs[:9], targets[:9]), num_classes=3)
    fit = data.fit(training(model=model, num_epochs=1), seed=0).run()
    for layer, row in measured(fit).items():
        values = [row[field] for field in ("mean", "std", "min", "max")]
        assert np.isfinite(values).all(), layer
        assert row["min"] <= row["mean"] <= row["max"], layer
    learning = [row["update_ratio"] for row in measured(fit).values()]
    assert np.nanmin(learning) > 0
    assert list(measured(fit))[-1] == "output"
    if name == "residual":
        assert list(measured(fit))[:2] == ["residual1.dense1", "residual1.relu1"]


def test_a_custom_network_has_norms_by_attribute(training):
    class Two(nnx.Module):
        def __init__(self, input_shape, num_outputs, *, rngs):
            self.first = nnx.Linear(input_shape[0], 5, rngs=rngs)
            self.last = nnx.Linear(5, num_outputs, rngs=rngs)

        def __call__(self, x):
            return self.last(nnx.relu(self.first(x)))

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 4)).astype(np.float32), rng.integers(0, 3, 40)
    data = TrainingData.of(rows, (rows[0][:9], rows[1][:9]), num_classes=3)
    asked = training(model=spec.OwnModule(factory=Two), num_epochs=1)
    found = measured(data.fit(asked, seed=0).run())
    assert list(found) == ["first", "last", "output"]
    assert found["first"]["update_ratio"] > 0
    assert np.isnan(found["first"]["mean"])
    assert np.isfinite(found["output"]["mean"])


def test_stacked_fits_are_measured_like_single_ones(start, training):
    asked = training(num_epochs=4)
    fits = [start(asked, seed=seed) for seed in (0, 1)]
    advance_together(fits, size=3)
    for seed, fit in enumerate(fits):
        alone = start(asked, seed=seed).run()
        ours, theirs = fit.history.monitors, alone.history.monitors
        assert ours["iteration"].tolist() == [0, 20]
        for name, column in theirs.items():
            np.testing.assert_allclose(ours[name], column, rtol=1e-3, atol=1e-5)


def test_monitors_are_saved_and_restored(start, everything, assert_same, tmp_path):
    fit = start(everything, num_iterations=40)
    fit.monitor_interval = 10
    fit.advance(iterations=10)
    fit.save(tmp_path / "fit.safetensors")
    again = start(everything, num_iterations=40)
    again.monitor_interval = 10
    again.restore(tmp_path / "fit.safetensors")
    assert_same(again.run().history.monitors, fit.run().history.monitors)


def test_a_fit_saved_before_there_were_monitors_can_be_restored(
    start, training, tmp_path
):
    fit = start(training(), monitors=False)
    fit.advance()
    fit.save(tmp_path / "fit.safetensors")
    _without_monitors(tmp_path / "fit.safetensors")
    again = start(training())
    again.restore(tmp_path / "fit.safetensors")
    assert again.run().history.monitors["iteration"].tolist() == [15]


def _without_monitors(path):
    from safetensors.numpy import load_file, save_file

    arrays = {k: v for k, v in load_file(path).items() if "monitor" not in k}
    save_file(arrays, path)
