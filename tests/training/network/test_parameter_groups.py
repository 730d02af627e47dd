"""Frozen parameters never change, and rate multipliers do not cause compilations."""

import jax
import numpy as np
import pytest

from assay import InputError, spec

DEEP = {
    "model": (spec.Dense(8), spec.BatchNorm(), spec.Tanh(), spec.Dense(6), spec.Tanh()),
    "num_epochs": 3,
}
TRAININGS = {
    "adam": {},
    "adamw": {"optimizer": spec.AdamW(0.05, weight_decay=0.1)},
    "lamb, which looks at whole arrays": {"optimizer": spec.LAMB(0.05)},
    "penalties": {"regularizers": [spec.L2(0.1), spec.L1(0.1)], "accumulate": 3},
    "decay and clipping": {"regularizers": [spec.WeightDecay(0.1)], "clip_norm": 0.1},
    "arrays too large to pack": {
        "model": (spec.Dense(2100), spec.ReLU(), spec.Dense(6)),
        "num_epochs": 1,
    },
}


def moved(fit):
    """Return whether each leaf of the model changes during a fit, by path."""
    tree = fit.program.static.packing.unpack(fit.state.parameters)
    before = {**tree, "statistics": fit.state.statistics}
    after = fit.run().last()
    pairs = zip(
        jax.tree_util.tree_leaves_with_path(before),
        jax.tree.leaves({**after.parameters, "statistics": after.statistics}),
        strict=True,
    )
    return {
        ".".join(key.key for key in path): not np.array_equal(old, new)
        for (path, old), new in pairs
    }


@pytest.mark.parametrize("changes", TRAININGS.values(), ids=TRAININGS)
def test_what_is_frozen_stays_to_the_bit(training, start, changes):
    asked = training(**DEEP | changes, freeze=["dense1"])
    for path, has_moved in moved(start(asked)).items():
        assert has_moved == (not path.startswith("dense1")), path


def test_statistics_of_a_frozen_layer_stay_and_are_what_is_used(training, start):
    fit = start(training(**DEEP, freeze=["dense1", "batch_norm*"]))
    held = {path for path, has_moved in moved(fit).items() if not has_moved}
    assert held == {
        "dense1.bias",
        "dense1.kernel",
        "batch_norm1.bias",
        "batch_norm1.scale",
        "statistics.batch_norm1.mean",
        "statistics.batch_norm1.variance",
    }
    network, model = fit.program.network, fit.last().model
    inputs = fit.hyperparameters.model, fit.train.inputs
    in_training, _ = jax.jit(network.train)(*model, *inputs)
    in_use = jax.jit(network.infer)(*model, *inputs)
    np.testing.assert_array_equal(in_training, in_use)


def test_a_single_parameter_can_be_frozen(training, start):
    changed = moved(start(training(**DEEP, freeze=["dense?.bias"])))
    assert {path for path in changed if not changed[path]} == {
        "dense1.bias", "dense2.bias",
    }  # fmt: skip


def test_what_is_frozen_has_no_gradient(training, start):
    """Clipping uses the gradient norm of the parameters that learn."""
    fit = start(training(**DEEP, freeze=["dense*", "batch_norm1"]))
    gradient = fit.probe()["parameter_gradients"]["output"]
    fit.advance(iterations=1)
    squares = sum(np.square(leaf).sum() for leaf in gradient.values())
    norm = fit.history.iterations["gradient_norm"][0]
    assert norm == pytest.approx(np.sqrt(squares), rel=1e-5)


def test_an_optimizer_remembers_nothing_of_large_frozen_arrays(training, start):
    large = {"model": (spec.Dense(2100), spec.ReLU()), "num_epochs": 1}
    sizes = [
        sum(np.size(leaf) for leaf in jax.tree.leaves(start(asked).state.optimizer))
        for asked in (training(**large), training(**large, freeze=["dense1.kernel"]))
    ]
    assert sizes[0] - sizes[1] == 2 * 4 * 2100  # two moments


def test_factors_scale_the_step_of_what_they_match(training, start):
    """With SGD, the first update is proportional to the product of all multipliers."""

    def step(**changes):
        asked = training(**DEEP | {"optimizer": spec.SGD(0.1)}, **changes)
        fit = start(asked)
        before = fit.last().parameters
        fit.advance(iterations=1)
        return jax.tree.map(np.subtract, fit.last().parameters, before)

    plain = step()
    scaled = step(learning_rate_of={"dense*": 0.5, "dense1": 0.1})
    for name, factor in (("dense1", 0.05), ("dense2", 0.5), ("output", 1.0)):
        for parameter, change in plain[name].items():
            expected = factor * change
            np.testing.assert_allclose(scaled[name][parameter], expected, atol=1e-7)
        assert np.abs(plain[name]["kernel"]).max() > 1e-3


def test_a_factor_of_one_changes_nothing(training, start, assert_same):
    # by a rule without a single-pass update, which rounds differently
    how = {**DEEP, "optimizer": spec.RMSProp(0.01)}
    asked = training(**how)
    same = training(**how, learning_rate_of={"dense*": 1.0})
    assert_same(start(asked).run().last(), start(same).run().last())


def test_another_factor_does_not_compile_again(training, start, compilations):
    def run(factor, **changes):
        asked = training(**DEEP, freeze=["dense1"], learning_rate_of={"out*": factor})
        return start(asked, **changes).run()

    first = run(0.5)
    assert len(compilations) > 0
    run(0.5, seed=2)  # the other programs
    del compilations[:]
    other = run(0.1, seed=3)
    assert other.program is first.program
    assert (compilations, first.program.num_traces) == ([], 1)


def test_a_search_space_of_factors_is_searched():
    asked = spec.Training(learning_rate_of={"conv*": "log(0.01, 1)", "out.b": 0.5})
    path = 'learning_rate_of."conv*"'
    assert asked.spaces() == {path: spec.Log(0.01, 1)}
    found = asked.with_values({path: 0.1})
    assert found.learning_rate_of == {"conv*": 0.1, "out.b": 0.5}
    assert found.structure() == asked.with_values({path: 0.2}).structure()
    assert found.structure() != asked.structure()


def test_patterns_that_match_nothing_are_told(training, start):
    asked = {"freeze": ["dnse1", "dese*"], "learning_rate_of": {"conv*": 2}}
    with pytest.raises(InputError) as caught:
        start(training(**DEEP, **asked))
    layers = "Layers: dense1, batch_norm1, tanh1, dense2, tanh2, output."
    assert list(caught.value.faults) == [
        "`freeze in layers` must hold, but got freeze[0]='dnse1'. "
        f"{layers} Did you mean 'dense1'?",
        "`freeze in layers` must hold, but got freeze[1]='dese*'. "
        f"{layers} Did you mean 'dense*'?",
        "`learning_rate_of in layers` must hold, but got "
        f"learning_rate_of='conv*'. {layers}",
    ]
    with pytest.raises(InputError, match="`num_learning_parameters >= 1` must hold"):
        start(training(**DEEP, freeze=["*"]))
