"""What a range forbids is refused everywhere in the house form; the rest is taken."""

import re

import pytest

from assay import spec
from assay._errors import InputError

FORM = re.compile(r"^`(?P<rule>.+)` must hold, but got (?P<got>.+?)\. (?P<fix>.+)$")


def refused(build, **values):
    """Return the one fault of a spec that is refused."""
    with pytest.raises(InputError) as caught:
        build(**values)
    (fault,) = caught.value.faults
    return fault


def test_every_forbidden_value_is_refused(cls, required, name, bounds):
    values = list(bounds.invalid_values())
    assert len(values) >= 3
    for value in values:
        told = FORM.match(refused(cls, **required | {name: value}))
        assert told, value
        assert name in told["rule"]
        assert told["got"] == f"{name}={value!r}"
        assert str(bounds.example) in told["fix"]


def test_ends_and_words_and_the_example_are_taken(cls, required, name, bounds):
    if cls is spec.Split:  # the parts are fine one by one, but no longer add up
        fault = refused(cls, **{name: bounds.example / 2})
        assert fault.startswith("`train + val + test = 1` must hold")
        return
    values = [bounds.example, *bounds.words]
    values += [bounds.low] if bounds.low is not None and not bounds.open_low else []
    values += [bounds.high] if bounds.high is not None and not bounds.open_high else []
    for value in values:
        taken = getattr(cls(**required | {name: value}), name)
        assert taken == value
        if not isinstance(value, str):
            assert type(taken) is (int if bounds.whole else float)


def test_spaces_are_taken_only_where_something_is_searched(cls, required, name, bounds):
    """A space beyond the bounds, or of real numbers for whole ones, is refused too."""
    good = spec.Choice(bounds.example)
    if cls in (spec.Split, spec.Tune) or name == "seed":
        assert FORM.match(refused(cls, **required | {name: good}))
        assert FORM.match(refused(cls, **required | {name: "choice(1, 2)"}))
        return
    assert getattr(cls(**required | {name: good}), name) == good
    assert getattr(cls(**required | {name: str(good)}), name) == good
    beyond = spec.Choice(bounds.example, bounds.low - 1)
    assert FORM.match(refused(cls, **required | {name: beyond}))
    if bounds.whole:
        told = refused(cls, **required | {name: spec.Log(2, 8)})
        assert told.startswith(f"`{name} is whole` must hold, but got {name}=log(2, 8)")
        assert "Write integer(low, high)" in told


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
def test_invariant_words_the_bounds(bounds, text):
    assert bounds.invariant("x") == text


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (1.5, "units is whole"),
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
def test_the_fault_names_what_is_broken(value, rule):
    told = FORM.match(refused(spec.Dense, units=value))
    assert (told["rule"], told["got"]) == (rule, f"units={value!r}")


def test_words_are_told_where_there_are_any():
    fault = refused(spec.Training, batch_size="al")
    assert fault == (
        "`batch_size >= 1` must hold, but got batch_size='al'. "
        "Write a number, such as 32. Or one of the words all, auto."
    )


def test_a_number_or_nothing():
    assert spec.Training(clip_norm=None).clip_norm is None
    assert spec.Training(clip_norm=2).clip_norm == 2.0
    assert spec.Tune(time_seconds=None).time_seconds is None
