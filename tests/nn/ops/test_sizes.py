"""Output sizes of sliding windows have known values."""

from functools import partial

import jax
import jax.numpy as jnp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay._errors import InputError
from assay.nn import ops


def test_formula_of_the_lecture():
    """W2 = (W1 - F + 2P)/S + 1 is shown with the numbers inserted."""
    assert ops.output_size(227, 11, 4) == 55
    assert ops.slide(5, 3, 2, 1).formula == "(5 - 3 + 2*1)/2 + 1 = 3"


def test_remainder_is_told():
    assert ops.slide(8, 3, 2) == (3, 1, "(8 - 3 + 2*0)/2 + 1 = 3, rounded down")


def test_rounding_up_adds_a_window_that_starts_within_the_input():
    """PyTorch's `ceil_mode` leaves out windows that hold only padding at the end."""
    up = ops.slide(8, 3, 2, round_up=True)
    assert up == (4, 0, "(8 - 3 + 2*0)/2 + 1 = 4, rounded up")
    assert ops.slide(7, 3, 2, round_up=True) == ops.slide(7, 3, 2)
    # the third window would start at row 6 - 1 = 5 of an input with rows 0 to 4
    kept = ops.slide(5, 2, 3, 1, round_up=True)
    assert kept == (2, 2, "(5 - 2 + 2*1)/3 + 1 = 2, rounded down")


def test_uneven_padding_and_dilation():
    assert ops.slide(8, 3, 1, (1, 2), dilation=2) == (7, 0, "(8 - 5 + 1 + 2)/1 + 1 = 7")


def test_window_beyond_the_input():
    with pytest.raises(InputError) as caught:
        ops.output_size(3, 5)
    assert str(caught.value) == (
        "`window <= size + padding` must hold, but got window=5. The padded input has "
        "3 rows. Use a smaller window or more padding."
    )


def test_all_faults_at_once():
    with pytest.raises(InputError) as caught:
        ops.output_size(3, 0, 0, -1)
    assert len(caught.value.faults) == 3


def test_transposed_output_must_remain():
    with pytest.raises(InputError, match="less padding"):
        ops.transposed_output_size(1, 1, 1, 1)


sizes = st.integers(1, 12)


@given(sizes, sizes, sizes, st.integers(0, 3), sizes)
def test_transposed_size_undoes_the_size(size, window, stride, padding, dilation):
    reach = dilation * (window - 1) + 1
    if reach > size + 2 * padding:
        return
    places = ops.slide(size, window, stride, padding, dilation=dilation)
    back = ops.transposed_output_size(
        places.output_size,
        window,
        stride,
        padding,
        dilation=dilation,
        output_padding=places.dropped,
    )
    assert back == size


@given(sizes, sizes, sizes, st.integers(1, 3))
def test_same_padding_keeps_the_size(size, window, stride, dilation):
    padding = ops.same_padding(size, window, stride, dilation=dilation)
    places = ops.output_size(size, window, stride, padding, dilation=dilation)
    assert places == -(-size // stride)
    lower = ops.same_padding(size, window, stride, dilation=dilation, lower=True)
    assert lower == padding[::-1]


@given(sizes, sizes, sizes, st.integers(0, 3))
def test_convolution_has_the_size_it_says(size, window, stride, padding):
    if window > size + 2 * padding:
        return
    run = partial(ops.convolve, stride=(stride,), padding=((padding, padding),))
    y = jax.eval_shape(run, jnp.ones((1, size, 1)), jnp.ones((window, 1, 1)))
    assert y.shape[1] == ops.output_size(size, window, stride, padding)
