"""Spaces are read as written; empty, reversed and invalid spaces are rejected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import spec
from assay._errors import InputError

REAL = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "space"),
    [
        ("uniform(0, 0.5)", spec.Uniform(0, 0.5)),
        (" log( 1e-4 ,\n1e-1 ) ", spec.Log(1e-4, 1e-1)),
        ("integer(1, 4)", spec.Integer(1, 4)),
        ("choice(32, 64)", spec.Choice(32, 64)),
        ('choice(32, "all")', spec.Choice(32, "all")),
        ('choice("a, b)", true)', spec.Choice("a, b)", True)),
    ],
)
def test_a_space_is_read(text, space):
    assert spec.parse_space(text) == space
    assert type(spec.parse_space(text)) is type(space)


@pytest.mark.parametrize("text", ["adam", "", "0.1", "log", "log 1, 2", "lgo(1, 2)"])
def test_other_text_is_not_a_space(text):
    assert spec.parse_space(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "log(0, 1)",
            "`low > 0` must hold, but got low=0. "
            "A log scale does not include 0. Use a small positive number.",
        ),
        (
            "uniform(2, 1)",
            "`low < high` must hold, but got (low=2, high=1). Use uniform(1, 2).",
        ),
        (
            "integer(3, 3)",
            "`low < high` must hold, but got (low=3, high=3). "
            "Use the value 3 itself, or a wider range.",
        ),
        (
            "integer(1, 2.5)",
            "high must be a whole number, but got high=2.5. "
            "Use whole numbers, or uniform(...) for real numbers.",
        ),
        (
            "choice()",
            "`len(options) >= 1` must hold, but got options=(). Add options, such as "
            "choice(32, 64).",
        ),
        (
            "log(1e-4)",
            "The space 'log(1e-4)' needs two bounds. Use two numbers, such as "
            "log(1, 4).",
        ),
        (
            "choice(a, b)",
            "Cannot read the space 'choice(a, b)'. "
            "Use numbers or quoted words, such as choice(32, 64).",
        ),
        (
            'uniform("a", "b")',
            "`-inf < low < inf` must hold, but got low='a'. "
            "Use finite numbers, or choice(...) for words.",
        ),
        (
            "uniform(0, Infinity)",
            "`-inf < high < inf` must hold, but got high=inf. "
            "Use finite numbers, or choice(...) for words.",
        ),
    ],
)
def test_a_space_that_cannot_be_searched_is_rejected(text, message):
    with pytest.raises(InputError) as caught:
        spec.parse_space(text)
    assert caught.value.faults == (message,)
    with pytest.raises(InputError) as caught:
        spec.Adam(text)
    assert caught.value.faults == (f"learning_rate: {message}",)


@given(st.lists(REAL, min_size=2, max_size=2, unique=True).map(sorted))
def test_intervals_read_back_as_they_are_written(ends):
    for kind in (spec.Uniform, spec.Log):
        if kind is spec.Log and ends[0] <= 0:
            continue
        space = kind(*ends)
        assert spec.parse_space(str(space)) == space
        assert space.ends() == tuple(ends)


@given(st.lists(st.integers() | REAL | st.text() | st.booleans(), min_size=1))
def test_choices_read_back_as_they_are_written(options):
    space = spec.Choice(*options)
    assert spec.parse_space(str(space)) == space


def test_spaces_of_one_range_on_other_scales_differ():
    assert spec.Uniform(1, 2) != spec.Log(1, 2)
    assert spec.Integer(1, 2) != spec.Uniform(1, 2)


def test_a_spec_lists_its_spaces_by_path():
    asked = spec.Experiment(
        model=[spec.Dense("choice(32, 64)"), spec.Dropout("uniform(0, 0.5)")],
        optimizer=spec.Adam(spec.Log(1e-4, 1e-1)),
        regularizers=[spec.L2("log(1e-6, 1e-2)")],
        batch_size=spec.Choice(16, "all"),
    )
    assert asked.spaces() == {
        "model[0].units": spec.Choice(32, 64),
        "model[1].rate": spec.Uniform(0, 0.5),
        "optimizer.learning_rate": spec.Log(1e-4, 1e-1),
        "regularizers[0].strength": spec.Log(1e-6, 1e-2),
        "batch_size": spec.Choice(16, "all"),
    }
    assert spec.Experiment().spaces() == {}


@pytest.mark.parametrize(
    "space, inside, outside",
    [
        (spec.Uniform(0.0, 0.5), [0.0, 0.5, 0.2], [-0.1, 0.6, "a", None]),
        (spec.Log(0.1, 10), [0.1, 1, 10], [0.01, 11]),
        (spec.Integer(1, 3), [1, 3], [0, 4, 2.5]),
        (spec.Choice("a", 2), ["a", 2], ["b", 3]),
    ],
)
def test_a_space_contains_the_values_that_may_be_tried(space, inside, outside):
    assert all(value in space for value in inside)
    assert not any(value in space for value in outside)
