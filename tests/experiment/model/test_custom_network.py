"""A Flax NNX module of the user's own goes through the whole protocol."""

import jax
import numpy as np
import pytest
from flax import nnx
from safetensors.numpy import load_file

import assay
from assay import InputError, spec
from assay.training import pad, program_for
from assay.training.program._epochs import Batches


class Perceptron(nnx.Module):
    """A net with everything that differs between training and use."""

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
    """Make a net of one layer."""
    return nnx.Linear(input_shape[0], num_outputs, rngs=rngs)


HOW = {
    "optimizer": spec.Adam("log(0.005, 0.05)"),
    "regularizers": [spec.L2(1e-4), spec.EarlyStopping(5)],
    "num_epochs": 12,
    "batch_size": 16,
    "tune": spec.Tune(num_trials=2),
}


@pytest.fixture(scope="module")
def own_run(cells, ask, tmp_path_factory):
    """A run of the perceptron on the table of cells."""
    folder = tmp_path_factory.mktemp("own")
    return ask(cells(), model=Perceptron, **HOW).run(out=folder / "own")


def test_it_goes_through_the_whole_protocol(own_run):
    summary = own_run.summary
    assert summary["tune"]["num_trials"] == 2 and summary["refit"]["epochs"] > 0
    assert own_run.test.value > 0.5
    (layer,) = summary["model"]["layers"]
    name = f"{__name__}.Perceptron"
    assert layer == {"name": "output", "kind": "own_module", "factory": name}
    assert f"{name} (a module of one's own)" in str(own_run).replace("\n", " ")
    arrays = load_file(own_run.path / "model" / "parameters.safetensors")
    assert arrays["parameters/inner/10/kernel"].shape == (8, 8)
    assert summary["model"]["num_parameters"] == sum(
        array.size for path, array in arrays.items() if path.startswith("parameters")
    )
    assert not np.array_equal(arrays["statistics/norm/mean"], np.zeros(8))


def test_it_is_read_again_and_predicts_the_same(own_run, cells):
    before = own_run.predict(cells())
    again = assay.load(own_run.path, model=Perceptron)
    np.testing.assert_array_equal(again.predict(cells()), before)
    assert np.ptp(before) > 0.1
    with pytest.raises(InputError, match="not the network. Write assay.load"):
        assay.load(own_run.path).predict(cells())
    with pytest.raises(InputError) as caught:
        assay.load(own_run.path, model=straight).predict(cells())
    assert "`bias has the shape that was saved, None`" in caught.value.faults[0]


def test_another_run_with_its_seed_is_the_same_to_the_bit(quickly, cells, own_run):
    again = quickly(cells(), model=Perceptron, **HOW)
    files = [r.path / "model" / "parameters.safetensors" for r in (own_run, again)]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_run_of_layers_takes_no_factory(cells_run):
    with pytest.raises(InputError, match="model is for a network of one's own"):
        assay.load(cells_run.path, model=straight).predict(None)


def test_it_learns_what_the_same_layers_learn():
    """From one start and in whole batches the parameters come out alike."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(24, 4)).astype(np.float32)
    train = pad(x, (x[:, 0] > 0).astype(np.int32), 24)
    found = []
    for model in (straight, []):
        asked = spec.Training(
            model=model, cost="cross_entropy", optimizer=spec.SGD(0.5),
            regularizers=[spec.L2(0.01)], batch_size="all", num_epochs=1,
        )  # fmt: skip
        program = program_for(asked, (4,), num_classes=3, capacity=24)
        hyper = assay_hyper(asked)
        state = program.initialize(0, hyper)
        zeros = jax.tree.map(np.zeros_like, state.parameters)
        order = np.arange(24, dtype=np.int32)[None].repeat(program.chunk_epochs, 0)
        span = np.array([0, 5, 0], np.int32)
        state, _ = program.advance(
            state._replace(parameters=zeros),
            hyper,
            (train, train),
            Batches(order, *span),
        )
        found.append(jax.tree.leaves(program.static.packing.unpack(state.parameters)))
    for own, ours in zip(*found, strict=True):
        np.testing.assert_allclose(own, ours, rtol=1e-5)
        assert np.abs(ours).max() > 0.01


def assay_hyper(asked):
    """Return the hyper-parameters of a training of three classes."""
    from assay.training import hyperparameters

    return hyperparameters(asked, num_classes=3, total_iterations=100)


def network(factory, **changes):
    """Return the network of a factory, as a program has it."""
    asked = spec.Training(
        model=factory, cost="cross_entropy", regularizers=[], batch_size=8,
        num_epochs=1, **changes,
    )  # fmt: skip
    return program_for(asked, (4,), num_classes=3, capacity=8).network


def test_dropout_and_normalization_act_in_training_alone():
    net = network(Perceptron)
    model = net.initialize(np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(8, 4)).astype(np.float32)
    keys = [jax.random.key(number) for number in (1, 2, 1)]
    outputs = [net.train(*model, {}, x, key=key) for key in keys]
    assert not np.array_equal(outputs[0][0], outputs[1][0])
    np.testing.assert_array_equal(outputs[0][0], outputs[2][0])
    assert not np.array_equal(outputs[0][1]["norm"]["mean"], model[1]["norm"]["mean"])
    in_use = [net.infer(*model, {}, x[:rows])[:2] for rows in (2, 8)]
    np.testing.assert_allclose(*in_use, rtol=1e-5)


def test_a_frozen_part_uses_what_it_was_saved_with():
    net = network(Perceptron, freeze=["norm"])
    model = net.initialize(np.random.default_rng(0))
    x = np.ones((8, 4), np.float32)
    _, statistics = net.train(*model, {}, x, key=jax.random.key(0))
    np.testing.assert_array_equal(statistics["norm"]["mean"], model[1]["norm"]["mean"])


def test_padding_of_a_batch_is_real_rows():
    asked = spec.Training(
        model=Perceptron, cost="cross_entropy", regularizers=[], batch_size=4
    )
    program = program_for(asked, (4,), num_classes=3, capacity=8)
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
    wrong_shape: "wrong_shape gives outputs of the shape (2, 3) for 2 examples` must "
    "hold, but got outputs.shape=(2, 5). End it in nnx.Linear(..., num_outputs",
    wrong_inputs: "wrong_inputs takes inputs of the shape (2, 4)` must hold",
    without_rngs: "without_rngs((4,), 3, rngs=...) makes the network` must hold",
    (lambda shape, num, *, rngs: "a net"): "makes an nnx.Module` must hold, but got "
    "model='str'",
}


@pytest.mark.parametrize("factory", FAULTS)
def test_what_does_not_fit_is_told(factory):
    with pytest.raises(InputError) as caught:
        network(factory)
    assert FAULTS[factory] in str(caught.value)


def test_what_is_no_factory_is_told():
    with pytest.raises(InputError, match="Write model=Linear, or a function"):
        spec.Training(model=nnx.Linear(2, 3, rngs=nnx.Rngs(0)))
    with pytest.raises(InputError, match="a custom network is the whole model"):
        spec.Training(model=[straight, spec.Dense(3)])
    with pytest.raises(InputError, match="computes in the precision it is written in"):
        network(straight, precision="bfloat16")


def test_two_factories_of_one_name_are_two_programs():
    def make(width):
        def net(input_shape, num_outputs, *, rngs):
            return Perceptron(input_shape, num_outputs, rngs=rngs, width=width)

        return net

    assert network(make(3)).num_parameters < network(make(5)).num_parameters


@pytest.mark.slow
def test_it_starts_from_a_run_of_its_kind(quickly, cells, own_run):
    asked = HOW | {"optimizer": spec.Adam(0.01), "num_epochs": 2}
    run = quickly(
        cells(), model=Perceptron, start_from=own_run, freeze=["first"], **asked
    )
    files = [r.path / "model" / "parameters.safetensors" for r in (own_run, run)]
    before, after = map(load_file, files)
    path = "parameters/first/kernel"
    np.testing.assert_array_equal(before[path], after[path])
    assert "first" in run.summary["model"]["start"]["taken"]
    with pytest.raises(InputError, match="the network of own is given"):
        quickly(cells(), model="auto", start_from=own_run)
