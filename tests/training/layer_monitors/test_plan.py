"""Measuring takes a small part of the training time, whatever the network."""

import pytest

from assay import spec
from assay.training import Network
from assay.training.layer_monitors._plan import epochs_between, num_rows_for

SMALL = Network([spec.Dense(64), spec.ReLU()], (20,), num_outputs=10)
IMAGES = Network([spec.Conv2D(64, 3), spec.ReLU()], (64, 64, 3), num_outputs=10)


def test_layers_with_many_outputs_are_measured_on_fewer_rows():
    assert num_rows_for(SMALL) == 256
    assert 16 <= num_rows_for(IMAGES) < 32


@pytest.mark.parametrize("network", [SMALL, IMAGES], ids=["small", "images"])
def test_short_epochs_are_measured_less_often(network):
    every = [epochs_between(network, 32, count) for count in (1, 10, 100, 100_000)]
    assert every == sorted(every, reverse=True)
    assert every[0] > 20
    assert every[-1] == 1


def test_larger_batches_take_longer_so_fewer_of_them_lie_between_measurements():
    every = [epochs_between(SMALL, batch_size, 10) for batch_size in (1, 32, 1024)]
    assert every == sorted(every, reverse=True)
    assert every[0] > every[-1]
