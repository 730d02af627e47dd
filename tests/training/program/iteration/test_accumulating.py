"""A batch processed in parts gives the same updates with less memory."""

import jax
import numpy as np
import pytest

from assay import spec
from assay.training import pad
from assay.training.program.iteration._batch import Batch, prepare_batch
from assay.training.program.iteration._objective import gradients


@pytest.fixture(scope="module")
def asked(training):
    """Return a spec with everything that acts in an iteration, except batch norm."""
    return training(
        model=(spec.Dropout(0.2), spec.Dense(8), spec.Tanh(), spec.Dropout(0.5)),
        regularizers=[spec.L1(1e-3), spec.L2(1e-2), spec.LabelSmoothing(0.1)],
        augment=(spec.Jitter(0.1), spec.Mixup()),
        optimizer=spec.Momentum(0.1),
        clip_norm=1.0,
        num_epochs=6,
    )


WEIGHTS = np.array([1.0, 2.0, 4.0])


@pytest.mark.parametrize("batch_size", [7, "all"])
@pytest.mark.parametrize("accumulate", [2, 5])
def test_the_updates_are_those_of_the_whole_batch(start, asked, batch_size, accumulate):
    """Dropout masks also agree; 7 rows have 2 parts, 32 rows have 5 with padding."""
    values = {"batch_size": batch_size}
    whole = start(asked.with_values(values), class_weights=WEIGHTS).run()
    values["accumulate"] = accumulate
    parts = start(asked.with_values(values), class_weights=WEIGHTS).run()
    for name, column in whole.history.iterations.items():
        np.testing.assert_allclose(
            parts.history.iterations[name], column, rtol=2e-4, err_msg=name
        )
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5),
        parts.last().parameters,
        whole.last().parameters,
    )
    assert whole.history.epochs["train_cost"][-1] < 1.1 * np.log(3)


def test_it_takes_less_memory(start, training, problem):
    """The memory of the compiled gradient decreases with the number of parts."""

    def held(accumulate):
        rows = 4096
        inputs, targets = np.zeros((rows, 4), np.float32), np.zeros(rows, np.int32)
        layers = (spec.Dense(500), spec.Tanh())
        asked = training(model=layers, batch_size="all", accumulate=accumulate)
        fit = start(asked, problem()._replace(train=pad(inputs, targets, rows)))
        static = fit.program.static

        def gradient(parameters, hyper, batch):
            prepared = prepare_batch(static, hyper, batch, None)
            how = {"statistics": {}, "key": None}
            return gradients(static, parameters, hyper, prepared, **how)[0]

        batch = Batch(inputs, targets, np.ones(rows, np.float32))
        lowered = jax.jit(gradient).lower(
            fit.last().parameters, fit.hyperparameters, batch
        )
        return lowered.compile().memory_analysis().temp_size_in_bytes

    assert held(16) < 0.2 * held(1)


def test_a_part_of_nothing_but_padding_is_left_out(start, training, problem):
    """Batch norm must not divide by zero rows when 9 rows are split into parts of 2."""
    data = problem()
    padded = data._replace(train=pad(data.train.inputs[:9], data.train.targets[:9], 32))
    asked = training(
        model=(spec.Dense(5), spec.BatchNorm(), spec.ReLU()),
        batch_size="all",
        accumulate=16,
    )
    fit = start(asked, padded).run()
    assert fit.diverged_at is None
    for name in ("train_cost", "val_cost"):
        assert np.isfinite(fit.history.epochs[name]).all()
