"""A training loop written with NumPy alone, watched by the doctor."""

import numpy as np
import pytest

from assay import InputError
from assay.doctor import watch

_RNG = np.random.default_rng(0)
_INPUTS = _RNG.normal(size=(90, 4)).astype(np.float32)
_TARGETS = np.argmax(_INPUTS[:, :3], axis=1)


def _train(watched, *, rate, gain=1.0, bias=0.0, epochs=40):
    """Train a network with one hidden layer of ReLU by gradient descent."""
    rng = np.random.default_rng(1)
    first = rng.normal(size=(4, 16)) * gain * np.sqrt(2 / 4)
    second = rng.normal(size=(16, 3)) * gain * np.sqrt(1 / 16)
    shift = np.full(16, bias)
    onehot = np.eye(3)[_TARGETS]
    for _ in range(epochs):
        hidden = np.maximum(_INPUTS @ first + shift, 0)
        logits = hidden @ second
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        cost = -np.log(np.maximum((shares * onehot).sum(axis=1), 1e-30)).mean()
        error = (shares - onehot) / len(_INPUTS)
        back = (error @ second.T) * (hidden > 0)
        gradients = {"first": _INPUTS.T @ back, "second": hidden.T @ error}
        watched.iteration(
            cost,
            {"first": first, "second": second},
            gradients,
            outputs={"relu": ("relu", hidden), "logits": ("other", logits)},
        )
        first = first - rate * gradients["first"]
        second = second - rate * gradients["second"]
        shift = shift - rate * back.sum(axis=0)
        score = (shares.argmax(axis=1) == _TARGETS).mean()
        watched.epoch(train_cost=cost, train_score=score)
    return watched


def _codes(**options):
    watched = watch(_INPUTS, _TARGETS, num_classes=3)
    return [finding.code for finding in _train(watched, **options).findings()]


def test_a_healthy_loop_has_no_finding():
    assert _codes(rate=0.5, epochs=300) == []


def test_dead_units_are_named():
    assert _codes(rate=0.5, bias=-20)[0] == "dead_units"


def test_a_small_rate_is_named():
    assert _codes(rate=1e-3)[0] == "learning_rate_too_small"


def test_inputs_of_another_scale_are_named():
    inputs = _INPUTS * np.array([1, 1, 1, 1e4], np.float32)
    watched = watch(inputs, _TARGETS, num_classes=3)
    assert _train(watched, rate=1e-3).findings()[0].code == "inputs_not_scaled"


def test_a_gradient_needs_weights():
    watched = watch(_INPUTS, _TARGETS, num_classes=3)
    with pytest.raises(InputError, match="'secnd' has a gradient but no weights"):
        watched.iteration(1.0, {"second": np.ones((2, 2))}, {"secnd": np.ones((2, 2))})


def test_an_unknown_activation_is_named():
    watched = watch(_INPUTS, _TARGETS, num_classes=3)
    with pytest.raises(InputError, match="must be one of relu, sigmoid, tanh or other"):
        watched.iteration(1.0, outputs={"a": ("rleu", np.ones((2, 2)))})


def _overfitted(*, width=4, **options):
    """Return the findings of a loop whose val score falls after its first epochs."""
    watched = watch(_INPUTS, _TARGETS, num_classes=3, num_val=100, **options)
    kernel = np.random.default_rng(0).normal(size=(width, width))
    for _ in range(2):
        watched.iteration(1.0, {"first": kernel}, {"first": 0.01 * kernel})
    for epoch in range(20):
        share = epoch / 19
        watched.epoch(
            train_cost=1.0 - 0.9 * share,
            train_score=0.5 + 0.5 * share,
            val_score=0.8 - 0.2 * share,
        )
    return {finding.code: finding.severity for finding in watched.findings()}


@pytest.mark.parametrize(
    ("keeps_best", "found"),
    [
        (False, {"overfitting": "warning"}),
        (None, {"overfitting": "advice"}),
        (True, {}),
    ],
)
def test_a_val_score_that_falls_counts_unless_the_best_epoch_is_kept(keeps_best, found):
    assert _overfitted(keeps_best=keeps_best) == found


def test_many_weights_for_each_row_are_counted():
    assert _overfitted(width=80) == {"overfitting": "warning"}
