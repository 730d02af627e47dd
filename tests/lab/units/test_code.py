"""The code of each unit reproduces its page, including pages with the data of a run."""

import re

import numpy as np
import pytest

from assay._errors import InputError
from assay.lab.units._registry import UNITS, lesson_of, respond

STATES = {
    "activations": {"name": "tanh", "layers": "2", "epoch": "1", "seed": "3"},
    "costs": {"loss": "huber", "output": "2", "delta": "0.5"},
    "learning_rate": {"rates": "0.01,0.2", "epochs": "1", "scheduled": "true"},
    "parameters": {"units": "8", "index": "1,2", "step": "3", "rate": "0.05"},
    "batches": {"data": "iris", "batch": "8", "seed": "1"},
    "convolution": {"stride": "1", "padding": "0", "bias": "2"},
    "optimizers": {"place": "beale", "updates": "20"},
    "regularization": {"l2": "0.01", "dropout": "0.2", "smoothing": "0.1"},
    "layers": {"network": "dense", "layer": "dense1", "example": "5"},
}


def run(unit, state, capsys):
    """Run the code of a unit and return what it prints."""
    code = lesson_of(unit, state).snippet
    exec(compile(code, unit, "exec"), {"__name__": "__main__"})
    return capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_the_code_runs(unit, capsys):
    assert run(unit, {}, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_the_code_for_a_state_of_the_page_runs(unit, capsys):
    assert run(unit, STATES[unit], capsys)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["iris-1", "diabetes-1"])
@pytest.mark.parametrize("unit", UNITS)
def test_the_code_for_a_run_runs(unit, name, with_runs, capsys):
    state = {"run": name, "layer": "output", "epochs": "1", "place": "network"}
    if unit == "convolution":
        pytest.skip("needs a run on images")
    path = str((with_runs / name).resolve())
    assert path in lesson_of(unit, state).snippet
    assert run(unit, state, capsys)


@pytest.mark.slow
def test_the_code_on_layers_gives_the_number_of_the_page(capsys):
    state = {"example": "2", "row": "1", "column": "4", "channel": "3"}
    printed = run("layers", state, capsys)
    asked = {"row": 2, "layer": "conv1", "at": (1, 4, 3)}
    assert f"{respond('layers', 'number', asked)['value']:.4g}" in printed


def test_the_code_on_convolution_gives_the_numbers_of_the_page(capsys):
    printed = run("convolution", {"bias": "1"}, capsys)
    numbers = [float(n) for n in re.findall(r"-?\d+\.", printed.split("]]")[0])]
    np.testing.assert_array_equal(numbers, [5, 2, 1, 4, 2, 3, 2, 4, 2])


def test_the_notebook_has_the_code_of_the_page(client):
    address = "/api/units/costs/notebook?loss=huber&output=2.5"
    code = client.get(address).json()["cells"][1]["source"]
    assert "'huber'" in code and "2.5" in code


@pytest.mark.parametrize(
    "state",
    [
        {"rates": "fast"},
        {"seed": "1.5"},
        {"optimizer": "sgd'); import os; ('"},
        {"run": "../elsewhere"},
    ],
)
def test_settings_that_do_not_fit_are_refused(root, state):
    with pytest.raises(InputError):
        lesson_of("learning_rate", state)


def test_text_from_an_address_stays_text(capsys):
    state = {"layer": "x'); print('broken out'); ('"}
    code = lesson_of("parameters", state).snippet
    with pytest.raises(KeyError):
        exec(compile(code, "parameters", "exec"), {"__name__": "__main__"})
    assert "broken out\n" not in capsys.readouterr().out
