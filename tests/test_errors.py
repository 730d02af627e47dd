"""Exceptions form a tree, messages have a fixed form, and faults are collected."""

import hypothesis
import pytest
from hypothesis import strategies as st

from assay import _errors
from assay._errors import (
    AssayError,
    Faults,
    InputError,
    Interrupted,
    RunError,
    WriteError,
    did_you_mean,
    fault,
)

EXIT_CODES = {
    AssayError: 1,
    RunError: 1,
    WriteError: 2,
    InputError: 2,
    Interrupted: 130,
}


@pytest.mark.parametrize(("error", "code"), EXIT_CODES.items())
def test_every_error_has_its_exit_code(error, code):
    assert error.exit_code == code
    assert issubclass(error, AssayError)


def test_table_of_exit_codes_is_complete():
    found = {
        value
        for value in vars(_errors).values()
        if isinstance(value, type) and issubclass(value, AssayError)
    }
    assert found == set(EXIT_CODES)


def test_input_error_holds_every_fault():
    error = InputError(["first fault", "second fault"])
    assert error.faults == ("first fault", "second fault")
    assert str(error) == "first fault\nsecond fault"
    assert InputError("only one").faults == ("only one",)


def test_faults_are_raised_together_and_only_if_there_are_any():
    faults = Faults()
    faults.raise_if_any()
    faults.add("a")
    faults.extend(["b", "c"])
    with pytest.raises(InputError) as caught:
        faults.raise_if_any()
    assert caught.value.faults == ("a", "b", "c")


def test_fault_has_invariant_value_and_fix():
    message = fault("0 <= dropout < 1", "dropout", 20, "Write 0.2.")
    assert message == "`0 <= dropout < 1` must hold, but got dropout=20. Write 0.2."
    assert fault("x > 0", "x", "a", "") == "`x > 0` must hold, but got x='a'."


def test_did_you_mean_names_the_closest_or_nothing():
    known = ["learning_rate", "momentum"]
    assert did_you_mean("momemtum", known) == " Did you mean 'momentum'?"
    assert did_you_mean("zzz", known) == ""
    assert did_you_mean("momentum", []) == ""
    assert did_you_mean(30, [3, 31]) == " Did you mean '3'?"
    assert did_you_mean("LR", known) == " Did you mean 'learning_rate'?"
    assert did_you_mean("test_size", ["split-test"]) == " Did you mean 'split-test'?"


@hypothesis.given(st.lists(st.text(min_size=3), min_size=1), st.data())
def test_a_candidate_is_closest_to_itself(candidates, data):
    word = data.draw(st.sampled_from(candidates))
    assert did_you_mean(word, candidates) == f" Did you mean {word!r}?"
