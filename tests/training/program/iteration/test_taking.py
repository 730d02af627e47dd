"""Batches contain the right rows of the data."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay.training import Examples
from assay.training.program.iteration._batch import take_batch


def examples_of(count, *shape):
    values = np.arange(count * np.prod(shape, dtype=int), dtype=np.float32)
    inputs = {
        "values": values.reshape(count, *shape),
        "lengths": np.arange(count, dtype=np.int32),
    }
    targets = np.arange(count, dtype=np.int32)
    return jax.device_put(Examples(inputs, targets, np.int32(count)))


@pytest.mark.parametrize("shape", [(3,), (2, 5), (1,), (3000,)])
def test_rows_of_a_batch(shape):
    examples = examples_of(70, *shape)
    order = np.random.default_rng(0).permutation(96).astype(np.int32) % 70
    take = jax.jit(take_batch, static_argnums=3)
    inputs, targets, mask, _ = take(examples, order, 2, 32)
    rows = order[64:]
    np.testing.assert_array_equal(inputs["values"], examples.inputs["values"][rows])
    np.testing.assert_array_equal(inputs["lengths"], rows)
    np.testing.assert_array_equal(targets, rows)
    np.testing.assert_array_equal(mask, np.arange(64, 96) < 70)


def test_members_take_from_what_they_share():
    examples = examples_of(20, 3)
    orders = jnp.array([[4, 3, 2, 1], [9, 8, 7, 19]], jnp.int32)
    take = jax.vmap(lambda order: take_batch(examples, order, 1, 2))
    inputs, targets, *_ = take(orders)
    assert targets.tolist() == [[2, 1], [7, 19]]
    np.testing.assert_array_equal(
        inputs["values"], examples.inputs["values"][np.array([[2, 1], [7, 19]])]
    )
