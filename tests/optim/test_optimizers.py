"""Optimizers agree with PyTorch, plain Optax and their formulas."""

import inspect
import json
from pathlib import Path

import hypothesis
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import strategies as st

from assay import optim
from assay._errors import InputError

DATA = Path(__file__).parents[1] / "reference" / "optimizers.json"
REFERENCE = json.loads(DATA.read_text())
LEARNING_RATE = REFERENCE["learning_rate"]
MEMBERS = [pytest.param(o, id=o.name) for o in optim.REGISTRY.values()]

ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
CONTRACT = {
    "sgd": {},
    "momentum": {"momentum": 0.9},
    "damped_momentum": {"momentum": 0.9, "dampening": 0.9},
    "nesterov": {"momentum": 0.9},
    "adagrad": {"initial_accumulator": 0.0, "epsilon": 1e-10},
    "rmsprop": {"decay": 0.9, "epsilon": 1e-8},
    "adadelta": {"decay": 0.9, "epsilon": 1e-6},
    "adam": ADAM,
    "adamw": ADAM | {"weight_decay": 0.01},
    "nadam": ADAM,
    "lion": {"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
    "lamb": ADAM | {"epsilon": 1e-6, "weight_decay": 0.0},
}

# The same rules in plain Optax, with our hyperparameter names.
PLAIN = {
    "sgd": lambda: optax.sgd(LEARNING_RATE),
    "momentum": lambda momentum: optax.sgd(LEARNING_RATE, momentum),
    "damped_momentum": lambda momentum, dampening: optax.chain(
        optax.scale_by_schedule(
            lambda count: jnp.where(count == 0, 1.0, 1.0 - dampening)
        ),
        optax.sgd(LEARNING_RATE, momentum),
    ),
    "nesterov": lambda momentum: optax.sgd(LEARNING_RATE, momentum, nesterov=True),
    "adagrad": lambda initial_accumulator, epsilon: optax.adagrad(
        LEARNING_RATE, initial_accumulator, epsilon
    ),
    "rmsprop": lambda decay, epsilon: optax.rmsprop(
        LEARNING_RATE, decay, epsilon, eps_in_sqrt=False
    ),
    "adadelta": lambda decay, epsilon: optax.adadelta(LEARNING_RATE, decay, epsilon),
    "adam": lambda beta1, beta2, epsilon: optax.adam(
        LEARNING_RATE, beta1, beta2, epsilon
    ),
    "adamw": lambda beta1, beta2, epsilon, weight_decay: optax.adamw(
        LEARNING_RATE, beta1, beta2, epsilon, weight_decay=weight_decay
    ),
    "nadam": lambda beta1, beta2, epsilon: optax.nadam(
        LEARNING_RATE, beta1, beta2, epsilon
    ),
    "lion": lambda beta1, beta2, weight_decay: optax.lion(
        LEARNING_RATE, beta1, beta2, weight_decay=weight_decay
    ),
    "lamb": lambda beta1, beta2, epsilon, weight_decay: optax.lamb(
        LEARNING_RATE, beta1, beta2, epsilon, weight_decay=weight_decay
    ),
}


@pytest.fixture
def float64():
    with jax.enable_x64(True):
        yield


def tree(pair):
    return {"w": jnp.asarray(pair[0]), "b": jnp.asarray(pair[1])}


def start_and_gradients():
    """Return the parameters and the ten gradients, stacked along the first axis."""
    gradients = [tree(pair) for pair in REFERENCE["gradients"]]
    stacked = jax.tree.map(lambda *arrays: jnp.stack(arrays), *gradients)
    return tree(REFERENCE["start"]), stacked


def path_of(optimizer, values, start, gradients, *, rate=LEARNING_RATE):
    """Return the parameters after each update, applied as in training."""
    rule = optimizer.direction(**values)

    def update(carry, gradient):
        parameters, state = carry
        d, state = rule.update(gradient, state, parameters)
        parameters = jax.tree.map(lambda p, d: p - rate * d, parameters, d)
        return (parameters, state), parameters

    return jax.lax.scan(update, (start, rule.init(start)), gradients)[1]


def plain_path_of(rule, start, gradients):
    """Return the parameters after each update, applied by Optax."""

    def update(carry, gradient):
        parameters, state = carry
        updates, state = rule.update(gradient, state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        return (parameters, state), parameters

    return jax.lax.scan(update, (start, rule.init(start)), gradients)[1]


# Contract


def test_every_optimizer_has_a_row():
    assert set(optim.REGISTRY) == set(CONTRACT)


@pytest.mark.parametrize("optimizer", MEMBERS)
def test_member_keeps_the_contract(optimizer):
    assert optim.get(optimizer.name) is optimizer
    assert optimizer.direction.__name__ == optimizer.name
    assert "d = " in optimizer.formula
    assert optimizer.hyperparameters == CONTRACT[optimizer.name]
    names = [*inspect.signature(optimizer.direction).parameters]
    assert names == list(optimizer.hyperparameters)


@pytest.mark.parametrize("optimizer", MEMBERS)
def test_the_formula_names_every_hyperparameter(optimizer):
    for name in optimizer.hyperparameters:
        assert name in optimizer.formula


@pytest.mark.parametrize("optimizer", MEMBERS)
def test_another_value_acts_and_does_not_compile_again(optimizer):
    traces = []
    start, gradients = start_and_gradients()

    @jax.jit
    def run(values):
        traces.append(1)
        return path_of(optimizer, values, start, gradients)["w"]

    values = optimizer.hyperparameters
    first = np.asarray(run(values))
    distance = np.abs(first[-1] - first[0]).max()
    assert 0 < distance < np.inf
    for name, value in values.items():
        other = run(values | {name: value * 0.5 if value > 0.1 else value + 0.3})
        assert np.abs(other - first).max() > 0.01 * distance, name
    assert len(traces) == 1


@pytest.mark.parametrize("optimizer", MEMBERS)
def test_trials_side_by_side_equal_trials_alone(optimizer):
    start, gradients = start_and_gradients()
    factors = jnp.asarray([1.0, 0.75, 0.5])
    values = {name: value * factors for name, value in CONTRACT[optimizer.name].items()}

    def run(values, scale):
        scaled = jax.tree.map(lambda array: array * scale, start)
        return path_of(optimizer, values, scaled, gradients)["w"]

    together = jax.jit(jax.vmap(run))(values, factors)
    run = jax.jit(run)
    for i, factor in enumerate(factors):
        alone = run({name: value[i] for name, value in values.items()}, factor)
        np.testing.assert_allclose(together[i], alone, rtol=1e-6, atol=1e-6)


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'rmsprop'"):
        optim.get("rms_prop")


# Reference: ten updates by PyTorch, by formula, by plain Optax


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["name"])
def test_ten_updates_equal_pytorch(case, float64):
    start, gradients = start_and_gradients()
    optimizer = optim.get(case["name"])
    path = jax.jit(lambda values: path_of(optimizer, values, start, gradients))(
        case["hyperparameters"]
    )
    assert path["w"].dtype == jnp.float64
    for i, pair in enumerate(case["parameters"]):
        np.testing.assert_allclose(path["w"][i], pair[0], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(path["b"][i], pair[1], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["name"])
def test_float32_is_as_good_as_float32_can_be(case):
    """Our float32 results agree with PyTorch in float64; Optax's Adam is off by 5e-6.

    Optax rounds 1 - beta2 and 1 - beta2**t separately if beta2 is a constant.
    """
    start, gradients = start_and_gradients()
    optimizer = optim.get(case["name"])
    path = jax.jit(lambda values: path_of(optimizer, values, start, gradients))(
        case["hyperparameters"]
    )
    for i, pair in enumerate(case["parameters"]):
        np.testing.assert_allclose(path["w"][i], pair[0], rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(path["b"][i], pair[1], rtol=1e-6, atol=1e-6)


def by_formula(name, beta1=0.9, beta2=0.99, epsilon=1e-3, weight_decay=0.1):
    """Return the parameters after each update by a published formula in NumPy."""
    start, gradients = jax.tree.map(np.asarray, start_and_gradients())
    path = {}
    for leaf, p in start.items():
        m, v, path[leaf] = np.zeros_like(p), np.zeros_like(p), []
        for t, g in enumerate(gradients[leaf], start=1):
            mixed = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g**2
            root = np.sqrt(v / (1 - beta2**t)) + epsilon
            if name == "lion":
                d = np.sign(mixed) + weight_decay * p
                m = beta2 * m + (1 - beta2) * g
            elif name == "lamb":
                m = mixed
                d = m / (1 - beta1**t) / root + weight_decay * p
                d = d * np.linalg.norm(p) / np.linalg.norm(d)
            elif name == "nadam":
                m = mixed
                ahead = beta1 * m / (1 - beta1 ** (t + 1))
                d = (ahead + (1 - beta1) * g / (1 - beta1**t)) / root
            p = p - LEARNING_RATE * d
            path[leaf].append(p)
    return path


@pytest.mark.parametrize("name", ["lion", "lamb", "nadam"])
def test_ten_updates_equal_the_formula(name, float64):
    """For optimizers that PyTorch lacks or defines by another formula."""
    optimizer = optim.get(name)
    values = {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-3, "weight_decay": 0.1}
    values = {key: values[key] for key in optimizer.hyperparameters}
    path = jax.jit(lambda v: path_of(optimizer, v, *start_and_gradients()))(values)
    expected = by_formula(name)
    for leaf in ("w", "b"):
        np.testing.assert_allclose(path[leaf], expected[leaf], rtol=1e-12, atol=1e-13)


def test_references_cover_the_registry():
    names = {case["name"] for case in REFERENCE["cases"]}
    assert names | {"lion", "lamb", "nadam"} == set(CONTRACT)


@pytest.mark.parametrize("optimizer", MEMBERS)
def test_rounding_is_that_of_plain_optax(optimizer):
    """Results are bit-for-bit equal in float32 with every value traced."""
    start, gradients = start_and_gradients()
    # Optax computes 1 - 0.9 in float64 if 0.9 is a constant. Pass the float32 number to
    # both, so that they compute the same thing.
    values = {
        name: float(np.float32(v)) for name, v in CONTRACT[optimizer.name].items()
    }
    values |= {"weight_decay": 0.25} if "weight_decay" in values else {}
    plain = PLAIN[optimizer.name]

    def theirs(values):
        return plain_path_of(plain(**values), start, gradients)

    @jax.jit
    def run(values, rate):
        return path_of(optimizer, values, start, gradients, rate=rate)

    ours = run(values, LEARNING_RATE)
    assert ours["w"].dtype == jnp.float32
    jax.tree.map(np.testing.assert_array_equal, ours, jax.jit(theirs)(values))
    constant = jax.jit(lambda: theirs(values))()
    # LAMB's norms are compiled differently if the values are constants.
    last_bits = 1e-6 if optimizer.name == "lamb" else 0
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=last_bits), ours, constant
    )


# Known answers


@pytest.mark.parametrize("name", ["adam", "adamw", "nadam", "lamb"])
def test_bias_corrections_are_computed_once_for_all_arrays(name):
    optimizer = optim.get(name)
    parameters = [jnp.ones(3)] * 7

    def update(values, gradients):
        rule = optimizer.direction(**values)
        return rule.update(gradients, rule.init(parameters), parameters)

    program = str(jax.make_jaxpr(update)(optimizer.hyperparameters, parameters))
    assert program.count(" pow ") == (3 if name == "nadam" else 2)


@pytest.mark.parametrize("optimizer", MEMBERS)
def test_only_lamb_depends_on_the_arrays(optimizer):
    """All other optimizers allow training to pack several arrays into one."""
    start, gradients = start_and_gradients()

    def flat(tree, lead=()):
        return jnp.concatenate([tree[k].reshape(*lead, -1) for k in ("w", "b")], -1)

    values = optimizer.hyperparameters
    apart = jax.jit(lambda: path_of(optimizer, values, start, gradients))()
    as_one = jax.jit(
        lambda: path_of(optimizer, values, flat(start), flat(gradients, (10,)))
    )()
    difference = np.abs(flat(apart, (10,)) - as_one).max()
    assert optimizer.elementwise == (optimizer.name != "lamb")
    assert (difference < 1e-6) if optimizer.elementwise else (difference > 1e-2)


@pytest.mark.parametrize("optimizer", MEMBERS)
def test_every_optimizer_descends_a_bowl(optimizer):
    rule = optimizer.direction(**optimizer.hyperparameters)
    # Adadelta is designed for a rate of 1; Lion moves by the full rate at each update.
    rate = {"adadelta": 1.0, "lion": 0.005}.get(optimizer.name, 0.05)

    def height(x):
        return (jnp.asarray([1.0, 4.0]) * x**2).sum()

    def update(carry, _):
        x, state = carry
        d, state = rule.update(jax.grad(height)(x), state, x)
        return (x - rate * d, state), None

    start = jnp.asarray([1.0, -1.0])
    (end, _), _ = jax.jit(
        lambda x: jax.lax.scan(update, (x, rule.init(x)), None, length=300)
    )(start)
    assert float(height(end)) < 0.25 * float(height(start))


# Clipping

# XLA treats subnormal numbers as 0.
FLOATS = st.floats(-1e3, 1e3, width=32, allow_subnormal=False)
ARRAYS = st.lists(FLOATS, min_size=3, max_size=3)


@hypothesis.given(ARRAYS, ARRAYS, st.floats(2**-10, 1e3, width=32))
def test_clipping_bounds_the_norm_and_keeps_the_direction(w, b, max_norm):
    updates = {"w": jnp.asarray(w, jnp.float32), "b": jnp.asarray(b, jnp.float32)}
    clipped = optim.clip_by_global_norm(updates, jnp.float32(max_norm))
    before, after = (float(optim.global_norm(u)) for u in (updates, clipped))
    exact = np.linalg.norm(np.asarray([*w, *b], np.float64))
    assert before == pytest.approx(exact, rel=1e-5, abs=1e-18)
    assert after <= max_norm * (1 + 1e-6)
    assert after == pytest.approx(min(before, max_norm), rel=1e-5, abs=1e-18)
    if before <= max_norm:
        jax.tree.map(np.testing.assert_array_equal, clipped, updates)
    for name, array in clipped.items():
        np.testing.assert_allclose(
            array * before, updates[name] * after, rtol=1e-5, atol=1e-5
        )


def test_clipping_equals_optax():
    _, updates = start_and_gradients()
    for max_norm in (0.5, 100.0):
        plain = optax.clip_by_global_norm(max_norm)
        theirs, _ = plain.update(updates, plain.init(updates))
        ours = optim.clip_by_global_norm(updates, max_norm)
        jax.tree.map(
            lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-6), ours, theirs
        )


def test_clipping_takes_a_traced_norm_and_keeps_the_dtype():
    clip = jax.jit(optim.clip_by_global_norm)
    updates = jnp.asarray([3.0, 4.0], jnp.bfloat16)
    assert clip(updates, jnp.float32(2.5)).tolist() == [1.5, 2.0]
    assert clip(updates, jnp.float32(2.5)).dtype == jnp.bfloat16
    assert clip(updates, jnp.float32(jnp.inf)).tolist() == [3.0, 4.0]
    assert clip(jnp.zeros(2), jnp.float32(2.5)).tolist() == [0.0, 0.0]


def test_clipping_does_not_hide_a_gradient_that_is_nan():
    updates = jnp.asarray([3.0, jnp.nan])
    np.testing.assert_array_equal(optim.clip_by_global_norm(updates, 1.0), updates)
