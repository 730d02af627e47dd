"""Unpacking restores the packed arrays, wherever they are stored."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.training.network._packing import Packing

SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple) | st.sampled_from(
    [(100, 90), (8192,), (8193,), (64, 128)]
)
TREES = st.dictionaries(
    st.sampled_from(["dense1", "dense2", "dense10", "output"]),
    st.dictionaries(st.sampled_from(["kernel", "bias", "slope"]), SHAPES, min_size=1),
    min_size=1,
)


def filled(shapes):
    """Fill a tree of shapes with different numbers."""
    rng = np.random.default_rng(0)
    return {
        layer: {n: rng.normal(size=s).astype(np.float32) for n, s in parts.items()}
        for layer, parts in shapes.items()
    }


def assert_same(one, other):
    """Fail unless two trees have equal structure and numbers."""
    assert jax.tree.structure(one) == jax.tree.structure(other)
    jax.tree.map(np.testing.assert_array_equal, one, other)


@given(TREES, st.booleans())
def test_what_goes_in_comes_out(shapes, elementwise):
    tree = filled(shapes)
    packing = Packing(tree, elementwise=elementwise)
    packed = packing.pack(tree)
    assert_same(packing.unpack(packed), tree)
    assert all(isinstance(leaf, np.ndarray) for leaf in jax.tree.leaves(packed))
    total = sum(leaf.size for leaf in jax.tree.leaves(tree))
    assert sum(leaf.size for leaf in jax.tree.leaves(packed)) == total


def test_small_arrays_are_one_vector_and_large_ones_stay():
    tree = filled({"a": {"kernel": (100, 90), "bias": (90,)}, "b": {"kernel": (90, 3)}})
    packed = Packing(tree, elementwise=True).pack(tree)
    assert packed.vector.shape == (90 + 270,)
    assert [array.shape for array in packed.arrays] == [(100, 90)]


@pytest.mark.parametrize(
    ("shapes", "elementwise"),
    [
        ({"a": {"kernel": (3, 4), "bias": (4,)}}, False),  # LAMB uses whole arrays
        ({"a": {"kernel": (3, 4)}}, True),  # packing a single array saves nothing
        ({"a": {"kernel": (100, 90), "bias": (90,)}}, True),
    ],
)
def test_nothing_is_packed_where_nothing_is_gained(shapes, elementwise):
    tree = filled(shapes)
    packed = Packing(tree, elementwise=elementwise).pack(tree)
    assert packed.vector is None
    assert len(packed.arrays) == len(jax.tree.leaves(tree))


def test_it_packs_traced_arrays_and_their_gradients():
    tree = filled({"a": {"kernel": (3, 4), "bias": (4,)}, "b": {"slope": ()}})
    packing = Packing(tree, elementwise=True)

    @jax.jit
    def gradient(packed):
        def total(packed):
            squares = jax.tree.map(jnp.square, packing.unpack(packed))
            return sum(leaf.sum() for leaf in jax.tree.leaves(squares))

        return jax.grad(total)(packed)

    packed = packing.pack(tree)
    np.testing.assert_allclose(gradient(packed).vector, 2 * packed.vector)
    assert_same(jax.jit(packing.unpack)(packed), tree)
    assert_same(jax.jit(packing.pack)(tree), packed)
