"""A fit that is advanced, inspected and saved in steps gives the same result."""

import copy

import numpy as np
import pytest

import assay
from assay import InputError, RunError

MODEL = [assay.Dense(4), assay.ReLU()]


@pytest.fixture
def arrays():
    """Return inputs and classes of 20 examples."""
    inputs = np.random.default_rng(0).normal(3, 2, size=(20, 3)).astype(np.float32)
    return inputs, (inputs[:, 0] > 3).astype(np.int32)


@pytest.fixture
def begin(arrays):
    """A function that returns a new fit with 3 batches per epoch of 20 rows."""

    def start(**fields):
        fields = {"model": MODEL, "batch_size": 8, "num_epochs": 4} | fields
        return assay.Fit.on(*arrays, **fields)

    return start


def test_it_is_advanced_by_iterations_epochs_and_to_its_end(begin):
    fit = begin()
    assert (fit.iteration, fit.num_iterations, fit.done) == (0, 12, False)
    assert fit.step().iteration == 1
    assert fit.step(3).iteration == 4
    assert (fit.epoch().iteration, fit.num_epochs_done) == (6, 2)
    assert fit.run().done
    assert len(fit.history.iterations["cost"]) == fit.iteration == 12


def test_a_step_of_gradient_descent_is_what_the_gradient_says(begin):
    fit = begin(optimizer=assay.SGD(0.5))
    before, gradients = fit.parameters, fit.gradients()
    after = fit.step().parameters
    assert list(after) == ["dense1", "output"]
    for layer, names in after.items():
        for name, values in names.items():
            moved = before[layer][name] - 0.5 * gradients[layer][name]
            np.testing.assert_allclose(values, moved, rtol=1e-5, atol=1e-7)


def test_activations_follow_from_the_batch_and_the_parameters(begin):
    fit = begin().step()
    inputs, targets = fit.batch()
    assert inputs.shape == (8, 3) and set(targets) <= {0, 1}
    dense = fit.parameters["dense1"]
    expected = inputs @ dense["kernel"] + dense["bias"]
    np.testing.assert_allclose(fit.activations("dense1"), expected, rtol=1e-5)
    relu = np.maximum(fit.activations("dense1"), 0)
    np.testing.assert_array_equal(fit.activations("relu1"), relu)
    assert set(fit.activations()) == {"dense1", "relu1", "output"}


def test_an_epoch_has_each_row_once(begin, arrays):
    fit, batches = begin(), []
    while not fit.num_epochs_done:
        batches.append(fit.batch().inputs)
        fit.step()
    assert [len(batch) for batch in batches] == [8, 8, 4]
    seen = np.concatenate(batches)
    standardized = (arrays[0] - arrays[0].mean(0)) / arrays[0].std(0)
    by_first = [rows[np.argsort(rows[:, 0])] for rows in (seen, standardized)]
    np.testing.assert_allclose(*by_first, rtol=1e-4, atol=1e-5)


def test_saved_and_restored_it_is_the_same_bit_for_bit(begin, arrays, tmp_path):
    fit = begin().step(5)
    fit.activations()  # inspection changes nothing
    fit.save(tmp_path / "a.fit")
    whole = begin().run().predict(arrays[0])
    np.testing.assert_array_equal(fit.run().predict(arrays[0]), whole)
    again = begin().restore(tmp_path / "a.fit")
    assert again.iteration == 5
    np.testing.assert_array_equal(again.run().predict(arrays[0]), whole)
    with pytest.raises(RunError, match="belongs to another net"):
        begin(model=[assay.Dense(5)]).restore(tmp_path / "a.fit")


def test_a_built_in_set_and_numbers_can_be_fitted():
    fit = assay.Fit.on("diabetes", model="linear", num_epochs=2).run()
    assert fit.predict("diabetes").shape == (442,)


def test_an_unknown_layer_is_reported(begin):
    with pytest.raises(InputError, match="dense1, .* Did you mean 'dense1'?"):
        begin().activations("dense")


def test_files_and_steps_that_are_impossible_are_reported(begin, tmp_path):
    fit = begin()
    for path in (tmp_path, tmp_path / "absent" / "a.fit"):
        with pytest.raises(InputError, match="Use a new file in an existing folder"):
            fit.save(path)
    with pytest.raises(InputError, match="Use a file written by `save`"):
        fit.restore(tmp_path / "absent.fit")
    with pytest.raises(InputError, match="`iterations >= 1` must hold"):
        fit.step(-1)


def test_a_copy_says_how_to_save_it(begin):
    with pytest.raises(TypeError, match=r"Write fit.save\(path\)"):
        copy.deepcopy(begin())
