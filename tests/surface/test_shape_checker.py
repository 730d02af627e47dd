"""The checks of signatures find wrong arguments and wrong results."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float, TypeCheckError, jaxtyped
from shape_checker import checked


@jaxtyped(typechecker=checked)
def doubled(x: Float[Array, " n"], *, result: object = None) -> Float[Array, " n"]:
    """Return 2 x, or another result."""
    return 2 * x if result is None else result


def inner():
    """Return a function that is defined again at each call."""

    @jaxtyped(typechecker=checked)
    def added(x: Float[Array, " n"], count: int) -> Float[Array, " n"]:
        return x[: len(x) - count] if count < 5 else jnp.stack([x, x])

    return added


X = np.arange(6, dtype=np.float32)


def test_arguments_are_checked():
    assert doubled(jnp.asarray(X)).tolist() == (2 * X).tolist()
    for wrong in (X[None], X.astype(int)):
        with pytest.raises(TypeCheckError, match="parameter 'x'"):
            doubled(jnp.asarray(wrong))


@pytest.mark.parametrize("result", [X[:-1], X[None], X.astype(int), "no array"])
def test_a_result_must_fit_the_axes_of_the_arguments(result):
    result = result if isinstance(result, str) else jnp.asarray(result)
    with pytest.raises(TypeCheckError, match="return value"):
        doubled(jnp.asarray(X), result=result)


def test_functions_within_functions_are_checked_whenever_they_are_defined():
    x = jnp.asarray(X)
    for _ in range(2):
        added = inner()
        assert added(x, 0) is not None
        for count in (1, 5):
            with pytest.raises(TypeCheckError, match="return value"):
                added(x, count)
        with pytest.raises(TypeCheckError, match="parameter 'count'"):
            added(x, "1")


def test_axes_have_one_size_in_a_call_and_any_in_another():
    @jaxtyped(typechecker=checked)
    def total(x: Float[Array, " n"], y: Float[Array, " n"]) -> Float[Array, ""]:
        return (x + y).sum()

    one, other = jnp.ones(3), jnp.ones(4)
    assert total(one, one) == 6 and jax.jit(total)(other, other) == 8
    with pytest.raises(TypeCheckError, match="parameter 'y'"):
        total(one, other)
