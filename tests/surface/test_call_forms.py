"""Calls in the form of other libraries are refused with the right form."""

import numpy as np
import pandas as pd
import pytest

import assay
from assay import InputError

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.arange(60) % 2
FRAME = pd.DataFrame(X, columns=list("abc"))
ONE_TUPLE = "Inputs and targets must be passed as one tuple. Write {}((X, y))."
FUNCTIONS = {
    "train": assay.train,
    "tune": assay.tune,
    "race": assay.race,
    "load": assay.data.load,
}


def _message(function, *args, **fields):
    with pytest.raises(InputError) as caught:
        function(*args, **fields)
    return str(caught.value)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("args", "fields"),
    [
        ((X, Y), {}),
        ((FRAME, pd.Series(Y)), {"num_epochs": 3}),
        ((), {"X": X, "y": Y}),
        ((X,), {"y": Y}),
        ((FRAME,), {"target": pd.Series(Y)}),
        ((X,), {"labels": list(Y)}),
    ],
)
def test_inputs_and_targets_are_one_tuple(name, args, fields):
    assert _message(FUNCTIONS[name], *args, **fields) == ONE_TUPLE.format(name)


def test_other_calls():
    assert _message(assay.train, FRAME, "kind") == (
        "The target must be passed by name. Write train(data, target='kind')."
    )
    assert _message(assay.train, X, Y, X, Y).endswith(
        "Write train((X_train, y_train), test_data=(X_test, y_test))."
    )
    assert _message(assay.train).startswith("The data are missing. Write train(")
    assert _message(assay.train, X).endswith("Pass them as well: (X, y).")
    assert "split={'val': 0.2}" in _message(assay.train, (X, Y), validation_data=(X, Y))
    assert "class_weights='balanced'" in _message(
        assay.train, (X, Y), sample_weight=X[:, 0]
    )
    assert "Did you mean 'target'?" in _message(assay.train, FRAME, label="kind")


@pytest.mark.parametrize(
    ("args", "fields"), [((X, Y), {}), (((X, Y),), {}), ((), {"data": X, "y": Y})]
)
def test_an_experiment_takes_its_data_by_name(args, fields):
    assert _message(assay.Experiment, *args, **fields) == (
        "Inputs and targets must be passed as one tuple. Write Experiment(data=(X, y))."
    )


@pytest.mark.parametrize("name", ["fit", "predict", "load_data", "Trainer"])
def test_functions_of_other_libraries(name):
    with pytest.raises(AttributeError, match=rf"no attribute '{name}'\. Write .*assay"):
        getattr(assay, name)
    assert not hasattr(assay, name)
