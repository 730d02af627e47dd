"""Determines when and on how many rows to measure the layers.

The results depend only on the amount of work, not on measured times, so the same
training always produces the same records.
"""

import math

from assay.training.network._network import Network

__all__ = ["epochs_between", "num_rows_for"]

_MOST_ROWS = 256
_FEWEST_ROWS = 16
_MOST_OUTPUTS = 4_000_000  # limits the memory for layer outputs

_SHARE = 0.01  # share of the training time spent on measurements
# These values were measured on two cores. Only their ratios matter.
_PRODUCTS_PER_SECOND = 3e10  # multiplications in training
_OUTPUTS_PER_SECOND = 2e9
_ITERATION_SECONDS = 1.2e-5  # for the smallest network
_MONITOR_SECONDS = 4e-3  # two program calls and the summaries of small arrays
_SLOWER_PRODUCTS = 1.5  # relative to training, which fuses layers
_SLOWER_OUTPUTS = 8  # including the summary


def num_rows_for(network: Network) -> int:
    """Return the maximum number of rows on which to measure a network's outputs."""
    _, outputs = network.work
    return min(max(_MOST_OUTPUTS // max(outputs, 1), _FEWEST_ROWS), _MOST_ROWS)


def epochs_between(network: Network, batch_size: int, iterations_per_epoch: int) -> int:
    """Return the interval, in epochs, at which measuring takes 1% of training time.

    Args:
        network: network to measure.
        batch_size: number of rows in a batch.
        iterations_per_epoch: number of batches in an epoch.
    """
    products, outputs = network.work
    forward = products / _PRODUCTS_PER_SECOND, outputs / _OUTPUTS_PER_SECOND
    iteration = _ITERATION_SECONDS + 3 * batch_size * sum(forward)
    row = _SLOWER_PRODUCTS * forward[0] + _SLOWER_OUTPUTS * forward[1]
    monitor = _MONITOR_SECONDS + iteration + num_rows_for(network) * row
    return max(math.ceil(monitor / (_SHARE * iterations_per_epoch * iteration)), 1)
