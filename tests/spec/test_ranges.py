"""Every spec rejects values outside its ranges and accepts all other values."""

import re

import pytest

from assay import spec
from assay._errors import InputError

FORM = re.compile(r"^`(?P<rule>.+)` must hold, but got (?P<got>.+?)\. (?P<fix>.+)$")


def rejected(build, **values):
    """Return the single fault of a rejected spec."""
    with pytest.raises(InputError) as caught:
        build(**values)
    (fault,) = caught.value.faults
    return fault


def test_every_forbidden_value_is_rejected(cls, required, name, bounds):
    values = list(bounds.invalid_values())
    assert len(values) >= 3
    for value in values:
        fault = FORM.match(rejected(cls, **required | {name: value}))
        assert fault, value
        assert name in fault["rule"]
        assert fault["got"] == f"{name}={value!r}"
        assert str(bounds.example) in fault["fix"]


def test_ends_and_words_and_the_example_are_accepted(cls, required, name, bounds):
    if cls is spec.Split:  # each share is valid, but their sum is not 1
        fault = rejected(cls, **{name: bounds.example / 2})
        assert fault.startswith("`train + val + test = 1` must hold")
        return
    values = [bounds.example, *bounds.words]
    values += [bounds.low] if bounds.low is not None and not bounds.open_low else []
    values += [bounds.high] if bounds.high is not None and not bounds.open_high else []
    for value in values:
        accepted = getattr(cls(**required | {name: value}), name)
        assert accepted == value
        if not isinstance(value, str):
            assert type(accepted) is (int if bounds.whole else float)


def test_spaces_are_accepted_only_in_searchable_fields(cls, required, name, bounds):
    """Such a field rejects spaces beyond its bounds, and real spaces for integers."""
    good = spec.Choice(bounds.example)
    if cls in (spec.Split, spec.Tune) or name in ("seed", "members", "devices"):
        assert FORM.match(rejected(cls, **required | {name: good}))
        assert FORM.match(rejected(cls, **required | {name: "choice(1, 2)"}))
        return
    assert getattr(cls(**required | {name: good}), name) == good
    assert getattr(cls(**required | {name: str(good)}), name) == good
    beyond = spec.Choice(bounds.example, bounds.low - 1)
    assert FORM.match(rejected(cls, **required | {name: beyond}))
    if bounds.whole:
        fault = rejected(cls, **required | {name: spec.Log(2, 8)})
        start = f"`{name} is a whole number` must hold, but got {name}=log(2, 8)"
        assert fault.startswith(start)
        assert "Use integer(low, high)" in fault


def test_every_number_has_a_range(cls, required):
    for name, bounds, value in cls(**required).leaves():
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert bounds is not None, name


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        (spec.Range(0, 1, open_high=True), "0 <= x < 1"),
        (spec.Range(0, 1, open_low=True), "0 < x <= 1"),
        (spec.Range(2), "x >= 2"),
        (spec.Range(2, open_low=True), "x > 2"),
        (spec.Range(high=5), "x <= 5"),
        (spec.Range(high=5, open_high=True), "x < 5"),
        (spec.Range(), "x is a number"),
        (spec.Range(whole=True), "x is a whole number"),
    ],
)
def test_an_invariant_puts_the_bounds_into_words(bounds, text):
    assert bounds.invariant("x") == text


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (1.5, "units is a whole number"),
        (0, "units >= 1"),
        (float("inf"), "units is a finite float32"),
        (float("-inf"), "units is a finite float32"),
        (10**400, "units is a finite float32"),
        (True, "units >= 1"),
        ("64", "units >= 1"),
        (None, "units >= 1"),
        ([3], "units >= 1"),
    ],
)
def test_the_fault_names_the_broken_rule(value, rule):
    fault = FORM.match(rejected(spec.Dense, units=value))
    assert (fault["rule"], fault["got"]) == (rule, f"units={value!r}")


def test_a_fault_lists_the_words_that_a_field_accepts():
    fault = rejected(spec.Training, batch_size="al")
    assert fault == (
        "`batch_size >= 1` must hold, but got batch_size='al'. "
        "Use a number, such as 32. These words are also allowed: all, auto."
    )


def test_a_number_or_nothing():
    assert spec.Training(clip_norm=None).clip_norm is None
    assert spec.Training(clip_norm=2).clip_norm == 2.0
    assert spec.Tune(time_seconds=None).time_seconds is None
