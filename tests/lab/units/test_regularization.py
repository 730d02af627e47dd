"""The responses of the unit on regularization."""

import numpy as np
import pytest

from assay import InputError, spec
from assay.lab.units._registry import respond
from assay.lab.units.regularizing._few_rows import few_rows, with_dropout
from assay.lab.units.regularizing._phases import Phases, small_fit

pytestmark = pytest.mark.slow


def test_the_cost_falls_on_train_and_turns_on_val():
    told = respond("regularization", "phases", {})
    train, val = told["epochs"]["train_cost"], told["epochs"]["val_cost"]
    best = int(np.argmin(val)) + 1
    assert told["early_stopping"] == {"best_epoch": best, "stop_epoch": best + 15}
    assert train[-1] < 0.01 and val[-1] > 1.2 * min(val)


def test_penalties_shrink_the_weights():
    plain = respond("regularization", "phases", {})["weights"][-1]
    for kind in ("l1", "l2"):
        told = respond("regularization", "phases", {kind: 0.01})
        last = told["weights"][-1]
        assert last["mean_size"] < plain["mean_size"] / 2
        assert sum(last["counts"]) == 64 * 40 + 40 * 10
        fit = small_fit(Phases(**{kind: 0.01}))
        fit.run()
        kernels = [layer["kernel"] for layer in fit.last().parameters.values()]
        size = np.abs if kind == "l1" else np.square
        expected = 0.01 * sum(size(np.float64(w)).sum() for w in kernels)
        assert told["penalty"][kind] == pytest.approx(expected, rel=1e-4)


def test_stopping_without_patience_is_later():
    told = respond("regularization", "phases", {"num_epochs": 4, "patience_epochs": 9})
    assert told["early_stopping"]["stop_epoch"] is None


def test_the_mask_is_the_one_that_training_uses():
    told = respond("regularization", "mask", {"iteration": 7, "rate": 0.25})
    kept, units = np.array(told["kept"]), told["units"]
    expected = np.where(kept, units / 0.75, 0)
    np.testing.assert_allclose(told["in_training"], expected, rtol=1e-6)
    np.testing.assert_array_equal(told["in_inference"], units)
    assert told["num_kept"] == kept.sum()
    fit = small_fit(Phases(dropout=0.25, num_epochs=200))
    fit.advance(iterations=7)
    probed = fit.probe()["values"]["dropout1"][0]
    np.testing.assert_allclose(told["in_training"], probed, rtol=1e-5, atol=1e-6)


def test_the_mean_over_many_masks_is_the_output_in_inference():
    told = respond("regularization", "mask", {"num_masks": 500})
    active = told["units"] > 0
    ratio = told["mean"][active] / told["in_inference"][active]
    assert np.abs(ratio - 1).max() < 0.2


def test_augmentations_vary_the_digit_within_their_strength():
    told = respond("regularization", "augment", {"row": 5, "strength": 2})
    kinds = {kind["kind"]: kind for kind in told["kinds"]}
    original = told["original"]
    changes = kinds["brightness"]["variants"] - original
    assert np.ptp(changes, axis=(1, 2)).max() < 1e-5
    assert np.abs(changes).max() <= kinds["brightness"]["hyperparameters"]["strength"]
    for variant in kinds["horizontal_flip"]["variants"]:
        assert (variant == original).all() or (variant == original[:, ::-1]).all()
    again = respond("regularization", "augment", {"row": 5, "strength": 2})
    for kind in again["kinds"]:
        np.testing.assert_array_equal(kind["variants"], kinds[kind["kind"]]["variants"])


def test_impossible_requests_are_refused():
    with pytest.raises(InputError, match="0 <= row"):
        respond("regularization", "augment", {"row": -1})
    with pytest.raises(InputError, match="dropout"):
        respond("regularization", "phases", {"dropout": 1})


@pytest.mark.parametrize("run", ["iris-1", "diabetes-1"])
def test_a_run_brings_its_data_and_its_network(with_runs, run):
    body = {"run": run, "num_epochs": 12, "l2": 0.001}
    told = respond("regularization", "phases", body)
    assert told["num_train"] == 80
    assert told["is_classification"] == (run == "iris-1")
    assert len(told["epochs"]["val_cost"]) == 12
    assert told["penalty"]["l2"] > 0
    fit = small_fit(Phases(**body))
    model = fit.program.network.model
    assert model.names[-2:] == ("dropout1", "output")  # a linear model gets dropout
    inputs = np.asarray(fit.batch().inputs)
    told = respond("regularization", "mask", {"run": run, "iteration": 3, "rate": 0.5})
    assert told["layer"] == "dropout1"
    assert told["num_units"] == len(told["units"]) == inputs.shape[1]
    kept, units = np.array(told["kept"]), told["units"]
    np.testing.assert_allclose(told["in_training"], np.where(kept, 2 * units, 0))


def test_targets_of_a_run_are_wrong_on_purpose(with_runs):
    def targets(wrong):
        return np.asarray(few_rows("iris-1", wrong).data.train.leading.targets)[:80]

    assert (targets(0.25) != targets(0)).sum() == 20
    np.testing.assert_array_equal(np.unique(targets(0)), [0, 1, 2])


def test_dropout_layers_of_a_run_take_the_rate():
    layers = (spec.Dense(4), spec.Dropout(0.2), spec.ReLU())
    changed = with_dropout(layers, 0.75)
    assert [layer.kind for layer in changed] == ["dense", "dropout", "relu"]
    assert changed[1].rate == 0.75


def test_augmentation_shows_digits_if_a_run_has_no_images(with_runs):
    told = respond("regularization", "augment", {"run": "iris-1", "row": 6})
    assert told["is_digit"] and told["target"] == "6"
