"""Random streams differ by name and are equal on every machine."""

import hypothesis
import numpy as np
from hypothesis import strategies as st

from assay._seeds import generator, key_data

STREAM = st.lists(
    st.sampled_from(["order", "masks", "parameters"]) | st.integers(0, 10**6),
    max_size=4,
).map(tuple)
SEED = st.integers(0, 2**64)


def bits(seed, *stream):
    """Return the first numbers of a stream."""
    return generator(seed, *stream).bit_generator.random_raw(4).tolist()


@hypothesis.given(SEED, STREAM)
def test_a_stream_is_a_function_of_its_name(seed, stream):
    assert bits(seed, *stream) == bits(seed, *stream)
    assert np.array_equal(key_data(seed, *stream), key_data(seed, *stream))


@hypothesis.given(st.tuples(SEED, STREAM), st.tuples(SEED, STREAM))
def test_streams_of_different_names_differ(one, other):
    hypothesis.assume(one != other)
    assert bits(one[0], *one[1]) != bits(other[0], *other[1])
    assert key_data(one[0], *one[1]).tolist() != key_data(other[0], *other[1]).tolist()


@hypothesis.given(SEED, STREAM)
def test_another_zero_is_another_stream(seed, stream):
    # NumPy's seed sequences ignore trailing zeros in their entropy.
    assert bits(seed, *stream) != bits(seed, *stream, 0)
    assert bits(seed, *stream) != bits(seed + 2**32, *stream)


def test_streams_are_equal_on_every_machine():
    # NumPy guarantees stable seed sequences and raw numbers of Philox.
    assert key_data(0, "masks").tolist() == [466994951, 3065527124]
    assert key_data(0, "masks").dtype == np.uint32
    assert bits(7, "order", 3) == [
        4495762095543170002,
        3860905351649550346,
        4793435342513983101,
        11239999209973896452,
    ]
