"""A cost model that predicts the duration of an epoch from a few measured rates."""

from typing import NamedTuple

__all__ = ["Costs", "Machine", "Work", "predict"]

_NUMBER_BYTES = 4  # float32
_PASSES = 3  # forward pass, and gradients with respect to inputs and parameters
# Adam reads the parameters, the gradient and two means, and writes all except the
# gradient.
_ADAM_ARRAYS = 7
_TOUCHES = 3  # each output is written, read again and replaced by its gradient


class Work(NamedTuple):
    """The work in an epoch.

    Args:
        num_rows: number of training rows.
        num_iterations: number of updates.
        input_size: number of values in an example.
        products: multiplications in the matrix products of a forward pass, per example.
        convolved: multiplications in the convolutions of a forward pass, per example.
        outputs: total number of outputs of all layers, per example.
        num_parameters: number of parameters.
    """

    num_rows: int
    num_iterations: int
    input_size: int
    products: int
    convolved: int
    outputs: int
    num_parameters: int


class Machine(NamedTuple):
    """The rates of a machine with one or more devices.

    Args:
        num_devices: number of devices.
        operations_per_second: total rate of matrix products on all devices.
        convolved_per_second: total rate of convolutions on all devices.
        bytes_per_second: total memory bandwidth of all devices.
        reduce_bytes_per_second: rate of an all-reduce, in bytes of the reduced array.
        iteration_seconds: duration of an iteration without work, including the latency
            of communication.
    """

    num_devices: int
    operations_per_second: float
    convolved_per_second: float
    bytes_per_second: float
    reduce_bytes_per_second: float
    iteration_seconds: float


class Costs(NamedTuple):
    """The components of an epoch's duration, in seconds.

    Args:
        fixed: the fixed cost of the iterations.
        products: matrix products.
        convolved: convolutions.
        memory: reading rows, and writing and reading the outputs of the layers.
        update: the optimizer update, which each device applies to its copy of the
            parameters.
        reduce: summing the gradients of all devices.
    """

    fixed: float
    products: float
    convolved: float
    memory: float
    update: float
    reduce: float

    @property
    def total(self) -> float:
        """The duration of the epoch in seconds."""
        return sum(self)


def predict(work: Work, machine: Machine) -> Costs:
    """Return the predicted duration of an epoch.

    Example:
        >>> work = Work(1000, 10, 20, 500, 0, 100, 600)
        >>> one = Machine(1, 1e9, 1e9, 1e9, float("inf"), 1e-4)
        >>> predict(work, one).products
        0.003
    """
    passes = 2 * _PASSES * work.num_rows  # operations per multiplication
    touched = work.num_rows * (2 * work.input_size + _TOUCHES * work.outputs)
    updated = work.num_iterations * _ADAM_ARRAYS * work.num_parameters
    gradients = work.num_iterations * work.num_parameters * _NUMBER_BYTES
    return Costs(
        fixed=work.num_iterations * machine.iteration_seconds,
        products=passes * work.products / machine.operations_per_second,
        convolved=passes * work.convolved / machine.convolved_per_second,
        memory=touched * _NUMBER_BYTES / machine.bytes_per_second,
        update=updated * _NUMBER_BYTES * machine.num_devices / machine.bytes_per_second,
        reduce=gradients / machine.reduce_bytes_per_second,
    )
