"""Training applies augmentation, label smoothing and weight decay."""

from functools import partial

import jax
import numpy as np
import optax
import pytest

from assay import spec
from assay._errors import InputError
from assay.regularize import AUGMENTATIONS
from assay.training import TrainingData
from assay.training.program.iteration._batch import Batch, batch_key, prepare_batch

AUGMENT = (spec.Jitter(0.2), spec.Masking(0.2), spec.Scaling(0.2), spec.Mixup(1.0))
NO_STEP = spec.SGD(1e-30)
SMOOTH = ["label_smoothing"]


@pytest.fixture(scope="module")
def images(problem):
    """Return the problem with images of 6 x 5 instead of rows."""
    data = problem()
    rng = np.random.default_rng(5)

    def drawn(part):
        shape = (len(part.targets), 6, 5, 1)
        return part._replace(inputs=rng.normal(size=shape).astype(np.float32))

    return data._replace(train=drawn(data.train), val=drawn(data.val))


def image_training(training):
    """Return every augmentation for images, in a custom order."""
    members = spec.Augmentation.members.values()
    fitting = [m() for m in members if not m.kind.startswith("time")]
    return training(model=(spec.Flatten(), spec.Dense(4)), augment=fitting[::-1])


def left(fit):
    """Return all results of a fit."""
    state = jax.device_get(fit.state)
    return state, fit.history.iterations, fit.history.epochs


@pytest.mark.parametrize("kind", ["rows", "images"])
def test_cut_in_any_way_it_is_the_same(
    start, training, problem, images, assert_same, kind
):
    """Results are bit-for-bit equal, and another seed gives another fit."""
    asked = training(augment=AUGMENT, regularizers=SMOOTH, optimizer=spec.SGD(0.05))
    asked, data = asked.with_values({"num_epochs": 4}), problem()
    if kind == "images":
        asked, data = image_training(training), images
    whole = start(asked, data).run()
    fit = start(asked, data)
    for step in (1, 1, 4, 3, 100):
        fit.advance(iterations=step)
    assert_same(left(fit), left(whole))
    other = start(asked, data, seed=1)
    other.advance()
    ours = whole.history.iterations["cost"]
    assert (other.history.iterations["cost"] != ours[: other.iteration]).all()


def test_only_the_batches_of_training_are_varied(start, training):
    """Without updates, epochs measure the same values as without augmentation."""
    fits = [
        start(training(augment=augment, regularizers=SMOOTH, optimizer=NO_STEP)).run()
        for augment in ((), AUGMENT)
    ]
    plain, varied = (fit.history for fit in fits)
    for name, column in plain.epochs.items():
        np.testing.assert_array_equal(varied.epochs[name], column)
    assert (varied.iterations["cost"] != plain.iterations["cost"]).all()
    again = varied.iterations["cost"]
    assert len(set(again)) == len(again)  # each iteration draws new numbers


def test_the_probe_sees_what_the_iteration_saw(start, training):
    asked = training(augment=AUGMENT, regularizers=SMOOTH, optimizer=spec.SGD(0.05))
    fit = start(asked)
    for _ in range(3):
        probed = fit.probe()
        fit.advance(iterations=1)
        cost = fit.history.iterations["cost"][-1]
        assert float(probed["cost"]) == pytest.approx(cost, rel=1e-6)


def test_codes_of_categories_are_left_alone(start, training, problem):
    data = problem()
    rng = np.random.default_rng(0)
    inputs = np.array(data.train.inputs)
    inputs[:, [1, 3]] = rng.integers(3, size=(32, 2))
    data = data._replace(train=data.train._replace(inputs=inputs))
    layers = (spec.EmbedColumns(((1, 3), (3, 3)), 2), spec.Dense(4))
    fit = start(training(model=layers, augment=AUGMENT, batch_size="all"), data)
    assert fit.program.static.codes == (1, 3)
    static, key = (
        fit.program.static,
        batch_key(fit.program.static, fit.state, np.int32(0)),
    )
    batch = Batch(inputs, data.train.targets, np.ones(32, np.float32))
    prepared = np.asarray(
        jax.jit(partial(prepare_batch, static))(fit.hyperparameters, batch, key).inputs
    )
    np.testing.assert_array_equal(prepared[:, [1, 3]], inputs[:, [1, 3]])
    assert (prepared[:, [0, 2]] != inputs[:, [0, 2]]).any(0).all()


@pytest.mark.parametrize("num_classes", [1, 2, 3])
def test_mixed_targets_lie_between(start, training, problem, num_classes):
    """Numbers, probabilities of class 1 and distributions get the same weights."""
    cost = {1: "squared_error", 2: "binary_cross_entropy", 3: "cross_entropy"}
    asked = training(cost=cost[num_classes], augment=(spec.Mixup(1.0),))
    weights = np.arange(1.0, num_classes + 1)
    fit = start(asked, problem(num_classes), class_weights=weights)
    static, key = (
        fit.program.static,
        batch_key(fit.program.static, fit.state, np.int32(0)),
    )
    targets = problem(num_classes).train.targets[:7]
    inputs = problem(num_classes).train.inputs[:7]
    batch = Batch(inputs, targets, np.ones(7, np.float32))
    prepared = jax.device_get(
        jax.jit(partial(prepare_batch, static))(fit.hyperparameters, batch, key)
    )
    if num_classes == 3:
        assert prepared.targets.shape == (7, 3)
        np.testing.assert_allclose(prepared.targets.sum(1), 1, rtol=1e-5)
        np.testing.assert_allclose(
            prepared.weights, prepared.targets @ weights, rtol=1e-5
        )
    else:
        assert prepared.targets.shape == (7,)
        assert (
            targets.min()
            <= prepared.targets.min()
            < prepared.targets.max()
            <= targets.max()
        )
        expected = 1 + prepared.targets if num_classes == 2 else np.ones(7)
        np.testing.assert_allclose(prepared.weights, expected, rtol=1e-5)
    fit.run()
    assert np.isfinite(fit.history.epochs["val_cost"]).all()


def test_label_smoothing_acts_in_training_alone(start, training):
    """Without updates, the cost of a batch is the cost of soft targets."""
    amount = 0.3
    regularizers = [spec.LabelSmoothing(amount)]
    asked = {"batch_size": "all", "optimizer": NO_STEP}
    plain, smooth = (
        start(training(regularizers=kinds, **asked)).run()
        for kinds in ([], regularizers)
    )
    np.testing.assert_array_equal(
        smooth.history.epochs["train_cost"], plain.history.epochs["train_cost"]
    )
    inputs = plain.train.inputs[:30]
    net, parameters = plain.program.network, plain.last().parameters
    infer = jax.jit(lambda *model: jax.nn.log_softmax(net.infer(*model)))
    logs = np.asarray(infer(parameters, {}, plain.hyperparameters.model, inputs))
    uniform = -logs.mean(1).mean()
    expected = (1 - amount) * plain.history.iterations["cost"] + amount * uniform
    found = smooth.history.iterations["cost"]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_weight_decay_with_adam_is_adamw_on_kernels(start, training, assert_same):
    """Plain Optax agrees step by step, with the gradients from the probe."""
    asked = training(optimizer=spec.Adam(0.05), regularizers=[spec.WeightDecay(0.3)])
    fit = start(asked)
    parameters = fit.last().parameters
    kernels = jax.tree_util.tree_map_with_path(
        lambda path, _: "kernel" in str(path[-1]), parameters
    )
    rule = optax.adamw(0.05, weight_decay=0.3, mask=kernels)
    memory = jax.jit(rule.init)(parameters)
    update = jax.jit(rule.update)
    for _ in range(6):
        gradient = fit.probe()["parameter_gradients"]
        updates, memory = update(gradient, memory, parameters)
        parameters = jax.tree.map(np.add, parameters, updates)
        fit.advance(iterations=1)
        jax.tree.map(
            lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6),
            fit.last().parameters,
            parameters,
        )


def test_weight_decay_knows_the_arrays_that_are_not_packed(start, training):
    """LAMB uses whole arrays, so nothing is packed; only kernels decay."""
    rate, strength = 0.01, 50.0
    runs = []
    for kinds in ([], [spec.WeightDecay(strength)]):
        asked = training(optimizer=spec.LAMB(rate), regularizers=kinds)
        fit = start(asked)
        before = fit.last().parameters
        fit.advance(iterations=1)
        runs.append((before, fit.last().parameters))
    (_, free), (before, held) = runs
    for layer, parts in held.items():
        expected = free[layer]["kernel"] - rate * strength * before[layer]["kernel"]
        np.testing.assert_allclose(parts["kernel"], expected, rtol=1e-4, atol=1e-6)
        np.testing.assert_array_equal(parts["bias"], free[layer]["bias"])


def test_faults_are_told_together(start, training, problem):
    asked = training(
        cost="squared_error",
        augment=(spec.Rotate(), spec.Jitter()),
        regularizers=["label_smoothing"],
    )
    with pytest.raises(InputError) as caught:
        start(asked, problem(1))
    first, second = caught.value.faults
    assert first.startswith("`input_shape == (height, width, channels)")
    assert second.startswith("`num_classes >= 2` must hold")
    tokens = training(
        model=(spec.Embedding(9, 2), spec.Flatten()), augment=(spec.Jitter(),)
    )
    with pytest.raises(InputError, match=r"`augment == \[\]` must hold.*Tokens"):
        start(tokens)


def test_sequences_of_different_lengths(training):
    """Each sequence varies within its own length, also in parts of a batch."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(2, 12, size=24).astype(np.int32)
    values = rng.normal(size=(24, 12, 2)).astype(np.float32)
    values[np.arange(12) >= lengths[:, None]] = 0
    part = {"values": values, "lengths": lengths}, np.int32(np.arange(24) % 3)
    training_data = TrainingData.of(part, part, num_classes=3)
    members = spec.Augmentation.members.values()
    fitting = tuple(m() for m in members if 2 in AUGMENTATIONS[m.kind].ranks)
    assert len(fitting) == 6
    asked = training(model=(spec.GRU(3),), augment=fitting, batch_size=10)
    how = {"seed": 0, "measure_layers": False}
    whole, parts = (
        training_data.fit(asked.with_values({"accumulate": n}), **how).run()
        for n in (1, 2)
    )
    ours, theirs = (fit.history.iterations["cost"] for fit in (whole, parts))
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)
    assert len(set(ours)) == 9


def test_every_one_of_them_can_be_a_search_space(training):
    """New values in place of the spaces do not cause a compilation."""
    asked = training(
        augment=(spec.Jitter(spec.Log(0.01, 1)), spec.Mixup(spec.Uniform(0.1, 1))),
        regularizers=[
            spec.WeightDecay(spec.Log(1e-4, 1e-1)),
            spec.LabelSmoothing(spec.Uniform(0, 0.3)),
        ],
    )
    spaces = asked.spaces()
    assert set(spaces) == {
        "augment[0].strength",
        "augment[1].alpha",
        "regularizers[0].strength",
        "regularizers[1].amount",
    }
    low, high = (
        asked.with_values({path: space.ends()[end] for path, space in spaces.items()})
        for end in (0, 1)
    )
    assert low.structure() == high.structure()
    assert low != high


def test_each_stands_once():
    with pytest.raises(InputError, match="augmentation may occur only once"):
        spec.Training(augment=["jitter", "jitter"])
