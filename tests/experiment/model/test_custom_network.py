"""A custom Flax NNX network completes the whole protocol."""

import jax
import numpy as np
import pytest
from flax import nnx
from safetensors.numpy import load_file

import assay
from assay import InputError, spec
from assay.training import hyperparameters, pad, program_for
from assay.training.program._epochs import Batches


class Perceptron(nnx.Module):
    """A network with every feature that differs between training and prediction."""

    def __init__(self, input_shape, num_outputs, *, rngs, width=8):
        self.first = nnx.Linear(input_shape[0], width, rngs=rngs)
        self.norm = nnx.BatchNorm(width, rngs=rngs)
        self.dropout = nnx.Dropout(0.2, rngs=rngs)
        self.inner = nnx.List([nnx.Linear(width, width, rngs=rngs) for _ in range(11)])
        self.last = nnx.Linear(width, num_outputs, rngs=rngs)

    def __call__(self, x):
        x = self.dropout(nnx.relu(self.norm(self.first(x))))
        for layer in self.inner[:1]:
            x = nnx.relu(layer(x))
        return self.last(x)


def straight(input_shape, num_outputs, *, rngs):
    """Create a network with one layer."""
    return nnx.Linear(input_shape[0], num_outputs, rngs=rngs)


FIELDS = {
    "optimizer": spec.Adam("log(0.005, 0.05)"),
    "regularizers": [spec.L2(1e-4), spec.EarlyStopping(5)],
    "num_epochs": 12,
    "batch_size": 16,
    "tune": spec.Tune(num_trials=2),
}


@pytest.fixture(scope="module")
def custom_run(cells, make_experiment, tmp_path_factory):
    """A run of the perceptron on the table of cells."""
    experiment = make_experiment(cells(), model=Perceptron, **FIELDS)
    return experiment.run(out=tmp_path_factory.mktemp("custom") / "custom")


def test_it_goes_through_the_whole_protocol(custom_run):
    summary = custom_run.summary
    assert summary["tune"]["num_trials"] == 2 and summary["refit"]["epochs"] > 0
    assert custom_run.test.value > 0.5
    (layer,) = summary["model"]["layers"]
    name = f"{__name__}.Perceptron"
    assert layer == {"name": "output", "kind": "own_module", "factory": name}
    assert f"{name} (written in Python)" in " ".join(str(custom_run).split())
    arrays = load_file(custom_run.path / "model" / "parameters.safetensors")
    assert arrays["parameters/inner/10/kernel"].shape == (8, 8)
    assert summary["model"]["num_parameters"] == sum(
        array.size for path, array in arrays.items() if path.startswith("parameters")
    )
    assert not np.array_equal(arrays["statistics/norm/mean"], np.zeros(8))


def test_a_loaded_run_predicts_the_same(custom_run, cells):
    before = custom_run.predict(cells())
    again = assay.load(custom_run.path, model=Perceptron)
    np.testing.assert_array_equal(again.predict(cells()), before)
    assert np.ptp(before) > 0.1
    with pytest.raises(InputError, match=r"but not its code\. Use assay\.load"):
        assay.load(custom_run.path).predict(cells())
    with pytest.raises(InputError) as caught:
        assay.load(custom_run.path, model=straight).predict(cells())
    assert "bias must have the saved shape None, but has" in caught.value.faults[0]


def test_another_run_with_its_seed_is_bit_for_bit_the_same(
    run_quickly, cells, custom_run
):
    again = run_quickly(cells(), model=Perceptron, **FIELDS)
    files = [r.path / "model" / "parameters.safetensors" for r in (custom_run, again)]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_run_of_layers_refuses_a_factory(cells_run):
    with pytest.raises(
        InputError, match="does not contain a network written in Python"
    ):
        assay.load(cells_run.path, model=straight).predict(None)


def test_it_learns_what_the_same_layers_learn():
    """From the same initial values, full batches lead to the same parameters."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(24, 4)).astype(np.float32)
    train = pad(x, (x[:, 0] > 0).astype(np.int32), 24)
    learned = []
    for model in (straight, []):
        training = spec.Training(
            model=model, cost="cross_entropy", optimizer=spec.SGD(0.5),
            regularizers=[spec.L2(0.01)], batch_size="all", num_epochs=1,
        )  # fmt: skip
        program = program_for(training, (4,), num_classes=3, capacity=24)
        hyper = hyperparameters(training, num_classes=3, total_iterations=100)
        state = program.initialize(0, hyper)
        zeros = jax.tree.map(np.zeros_like, state.parameters)
        order = np.arange(24, dtype=np.int32)[None].repeat(program.chunk_epochs, 0)
        span = np.array([0, 5, 0, 1], np.int32)
        state, _ = program.advance(
            state._replace(parameters=zeros),
            hyper,
            (train, train),
            Batches(order, *span),
        )
        arrays = program.static.packing.unpack(state.parameters)
        learned.append(jax.tree.leaves(arrays))
    for custom, layer in zip(*learned, strict=True):
        np.testing.assert_allclose(custom, layer, rtol=1e-5)
        assert np.abs(layer).max() > 0.01


def network(factory, **changes):
    """Return the network of a factory in the form that a program uses."""
    training = spec.Training(
        model=factory, cost="cross_entropy", regularizers=[], batch_size=8,
        num_epochs=1, **changes,
    )  # fmt: skip
    return program_for(training, (4,), num_classes=3, capacity=8).network


def test_dropout_and_normalization_act_only_in_training():
    net = network(Perceptron)
    model = net.initialize(np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(8, 4)).astype(np.float32)
    keys = [jax.random.key(number) for number in (1, 2, 1)]
    train, infer = jax.jit(net.train), jax.jit(net.infer)
    outputs = [train(*model, {}, x, key=key) for key in keys]
    assert not np.array_equal(outputs[0][0], outputs[1][0])
    np.testing.assert_array_equal(outputs[0][0], outputs[2][0])
    assert not np.array_equal(outputs[0][1]["norm"]["mean"], model[1]["norm"]["mean"])
    predicted = [infer(*model, {}, x[:rows])[:2] for rows in (2, 8)]
    np.testing.assert_allclose(*predicted, rtol=1e-5)


def test_a_frozen_part_keeps_its_statistics():
    net = network(Perceptron, freeze=["norm"])
    model = net.initialize(np.random.default_rng(0))
    x = np.ones((8, 4), np.float32)
    _, statistics = jax.jit(net.train)(*model, {}, x, key=jax.random.key(0))
    np.testing.assert_array_equal(statistics["norm"]["mean"], model[1]["norm"]["mean"])


def test_a_batch_is_padded_with_real_rows():
    training = spec.Training(
        model=Perceptron, cost="cross_entropy", regularizers=[], batch_size=4
    )
    program = program_for(training, (4,), num_classes=3, capacity=8)
    order = program.orders(0, 0, pad(np.ones((5, 4)), np.zeros(5, np.int32), 8))[0]
    assert sorted(order[:5]) == [0, 1, 2, 3, 4]
    assert list(order[5:]) == list(order[:3])


def wrong_shape(input_shape, num_outputs, *, rngs):
    return nnx.Linear(input_shape[0], num_outputs + 2, rngs=rngs)


def wrong_inputs(input_shape, num_outputs, *, rngs):
    return nnx.Linear(input_shape[0] + 1, num_outputs, rngs=rngs)


def without_rngs(input_shape, num_outputs):
    return None


FAULTS = {
    wrong_shape: "wrong_shape(inputs).shape == (2, 3)` must hold, but "
    "got outputs.shape=(2, 5). End with nnx.Linear(..., num_outputs",
    wrong_inputs: "wrong_inputs(inputs).shape == (2, 3)` must hold, but got model='",
    without_rngs: "without_rngs((4,), 3, rngs=...), nnx.Module)` must hold",
    (lambda shape, num, *, rngs: "a net"): "nnx.Module)` must hold, but got "
    "model='str'",
}


@pytest.mark.parametrize("factory", FAULTS)
def test_a_network_of_another_shape_is_refused(factory):
    with pytest.raises(InputError) as caught:
        network(factory)
    assert FAULTS[factory] in str(caught.value)


def test_a_model_that_is_not_a_factory_is_refused():
    with pytest.raises(InputError, match="Write model=Linear, or a function"):
        spec.Training(model=nnx.Linear(2, 3, rngs=nnx.Rngs(0)))
    with pytest.raises(InputError, match="A custom network must be the whole model"):
        spec.Training(model=[straight, spec.Dense(3)])
    with pytest.raises(InputError, match="`precision == 'float32'` must hold"):
        network(straight, precision="bfloat16")


def test_two_factories_of_the_same_name_are_two_programs():
    def make(width):
        def net(input_shape, num_outputs, *, rngs):
            return Perceptron(input_shape, num_outputs, rngs=rngs, width=width)

        return net

    assert network(make(3)).num_parameters < network(make(8)).num_parameters


@pytest.mark.slow
def test_it_starts_from_a_run_of_its_kind(run_quickly, cells, custom_run):
    fields = FIELDS | {"optimizer": spec.Adam(0.01), "num_epochs": 2}
    run = run_quickly(
        cells(), model=Perceptron, start_from=custom_run, freeze=["first"], **fields
    )
    files = [r.path / "model" / "parameters.safetensors" for r in (custom_run, run)]
    before, after = map(load_file, files)
    path = "parameters/first/kernel"
    np.testing.assert_array_equal(before[path], after[path])
    assert "first" in run.summary["model"]["start"]["taken"]
    with pytest.raises(
        InputError, match="The network of the source run custom was written"
    ):
        run_quickly(cells(), model="auto", start_from=custom_run)
