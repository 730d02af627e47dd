"""Hyperparameters are inputs of the program, so changing them compiles nothing."""

import functools
import threading

import jax
import numpy as np
import pytest

from assay import optim, spec
from assay.training import hyperparameters, pad, program_for
from assay.training.program._epochs import Batches


@pytest.fixture(scope="module")
def start(start):
    """Return a function that creates a new fit; programs of monitors count too."""
    return functools.partial(start, monitors=True)


CHANGES = {
    **{f"optimizer {k}": {"optimizer": k} for k in optim.REGISTRY},
    **{f"schedule {k}": {"schedule": k} for k in optim.schedules.REGISTRY},
    "l1": {"regularizers": ["l1"]},
    "l2": {"regularizers": ["l2"]},
    "early stopping": {"regularizers": ["early_stopping"]},
    "all regularizers": {"regularizers": ["l1", "l2", "early_stopping"]},
    "weight decay": {"regularizers": ["weight_decay"]},
    "label smoothing": {"regularizers": ["label_smoothing"]},
    "augmentations": {"augment": ["jitter", "masking", "scaling", "mixup"]},
    "batches in parts": {"accumulate": 3},
    "clipping": {"clip_norm": 1.0},
    "elu": {"model": [{"kind": "dense", "units": 8}, "elu"]},
    "bfloat16": {"precision": "bfloat16"},
    "class weights": {"class_weights": "balanced"},
}


def altered(asked):
    """Return a spec in which every traced hyperparameter has another value."""
    ranges = {path: bounds for path, bounds, _ in asked.leaves()}
    values = {}
    for path, value in asked.traced().items():
        bounds = ranges[path]
        other = value + 1 if bounds.whole else value * 0.9 + 0.013
        assert bounds.holds(other) and other != value
        values[path] = other
    return asked.with_values(values)


def traced(fit):
    """Trace the program for a fit as in a call."""
    orders = fit.program.orders(fit.seed, 0, fit.train)
    span = np.array([0, 1, 0, fit.iterations_per_epoch], np.int32)
    fit.program.advance.trace(
        fit.state, fit.hyperparameters, fit.batch_source.data, Batches(orders, *span)
    )
    return fit.program.num_traces


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_no_hyperparameter_traces_again(training, start, problem, changes):
    asked = training(**changes)
    other = altered(asked)
    weights = {
        "class_weights": np.array([1.0, 2.0, 3.0]),
        "score_weights": np.array([3.0, 2.0, 1.0]),
        "measured_rows": 7,
    }
    first = start(asked)
    second = start(other, problem(), seed=5, num_iterations=77, **weights)
    assert second.program is first.program
    before = first.program.num_traces
    assert [traced(first), traced(second)] == [max(before, 1), max(before, 1)]


def test_a_trace_is_counted(training, start):
    """The count of the previous test increases if a shape changes."""
    fit = start(training(optimizer="sgd"))
    counted = traced(fit)
    weights = np.ones(1, np.float32)
    fit.hyperparameters = fit.hyperparameters._replace(class_weights=weights)
    assert traced(fit) == counted + 1


def test_compiling_ahead_trains_nothing(training, start):
    asked = training(model=[{"kind": "dense", "units": 11}])
    fit = start(asked)
    assert not fit.program.compiled
    fit.compile()
    assert fit.program.compiled
    assert (fit.iteration, len(fit.history.epochs["val_cost"])) == (0, 0)
    ahead, later = fit.run().last(), start(asked).run().last()
    assert fit.program.num_traces == 1
    for one, other in zip(*map(jax.tree.leaves, (ahead, later)), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_no_input_compiles_again(everything, start, problem, compilations):
    """The compiler's own count confirms this for whole fits."""
    fit = start(everything, problem().without_val())
    fit.advance()
    fit.run()  # uses arrays on the device, whereas the first call used NumPy arrays
    # An earlier test may have compiled the program, but not this function.
    jax.jit(lambda x: x + 1)(np.float32(1))
    assert len(compilations) > 0  # the counter works
    del compilations[:]
    cached = start(everything).program.advance._cache_size()
    data = problem()
    smaller = data._replace(
        train=pad(data.train.inputs[:20], data.train.targets[:20], 32)
    )
    start(everything).run()
    start(altered(everything), seed=3).run()
    start(everything, smaller, num_iterations=11).run()
    weights = np.array([1.0, 2.0, 3.0])
    fit = start(everything, class_weights=weights, score_weights=weights)
    fit.advance(iterations=2)
    fit.advance()
    fit.run()
    assert compilations == []
    assert fit.program.num_traces == 1
    assert fit.program.advance._cache_size() == cached


def test_a_program_is_made_once_for_a_structure(training):
    def made(asked, **changes):
        shape = {"input_shape": (4,), "num_classes": 3, "capacity": 32} | changes
        return program_for(asked, shape.pop("input_shape"), **shape)

    base = made(training())
    assert made(training(num_epochs=9, optimizer=spec.Adam(0.3))) is base
    others = [
        made(training(), num_classes=4),
        made(training(), capacity=40),
        made(training(), input_shape=(5,)),
        made(training(), measures=False),
        made(training(batch_size=8)),
        made(training(optimizer="sgd")),
        made(training(clip_norm=1.0)),
        made(training(model=(spec.Dense(9), spec.Tanh()))),
    ]
    assert len({id(program) for program in [base, *others]}) == 9


def test_threads_share_one_program(training):
    asked = training(model=(spec.Dense(3),))
    found = []

    def make():
        found.append(program_for(asked, (4,), num_classes=3, capacity=32))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(program) for program in found}) == 1


def test_a_batch_is_never_larger_than_the_part(training):
    def batch_size(asked):
        program = program_for(
            training(batch_size=asked), (4,), num_classes=3, capacity=32
        )
        return program.batch_size

    assert [batch_size(asked) for asked in (1, 7, 32, 1000, "all")] == [
        1, 7, 32, 32, 32,
    ]  # fmt: skip


def test_named_inputs_of_the_program(everything):
    """Each hyperparameter is stored under the name of its layer or kind."""
    weights = np.array([1.0, 2.0, 3.0])
    tree = hyperparameters(
        everything, num_classes=3, total_iterations=50, class_weights=weights
    )
    assert tree.model == {
        "batch_norm1": {"momentum": np.float32(0.1), "epsilon": np.float32(1e-5)},
        "leaky_relu1": {"negative_slope": np.float32(0.01)},
        "dropout1": {"rate": np.float32(0.2)},
    }
    assert tree.regularizers == {
        "l1": {"strength": np.float32(1e-4)},
        "l2": {"strength": np.float32(1e-4)},
        "early_stopping": {"patience_epochs": 4, "min_improvement": 0},
    }
    assert set(tree.optimizer) == {"learning_rate", "beta1", "beta2", "epsilon"}
    assert tree.clip_norm == 1
    assert tree.total_iterations == 50
    np.testing.assert_array_equal(tree.class_weights, weights)
    np.testing.assert_array_equal(tree.score_weights, np.ones(3))
    for leaf in jax.tree.leaves(tree):
        assert leaf.dtype in (np.float32, np.int32)
