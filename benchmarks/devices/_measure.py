"""Measures rates and epochs in a process with a given number of virtual devices.

python -m benchmarks.devices._measure DEVICES SECONDS
"""

import json
import math
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec

from assay import nn, spec
from assay.nn import ops
from assay.training import Fit
from benchmarks._task import Task, sorted_by_teacher
from benchmarks.devices._model import Work
from benchmarks.sides.assay_training import material_of

__all__ = ["WORKLOADS", "main", "start", "work_of"]

_SIZE = 1024  # number of rows and columns of a matrix
_IMAGES = (64, 28, 28, 32)  # shape of a batch for 3 x 3 convolutions
_CONVOLUTIONS = 4  # number of convolutions per call, which run in a loop as in training
_COPIED = 2**25  # size of an array that is too large for any cache
_REDUCED = 2**20  # size of an array that is summed over the devices
_REPEATS = 20
_CALL_SECONDS = 0.05


def _task(
    name: str, model: tuple[spec.Layer, ...], shape: tuple[int, ...], **sizes: int
) -> Task:
    training = spec.Training(
        model=model,
        cost=spec.CrossEntropy(),
        optimizer=spec.Adam(1e-4),
        regularizers=(),
        batch_size=sizes["batch"],
        num_epochs=1,
    )
    return Task(name, training, sorted_by_teacher(shape), sizes["rows"])


def _dense(*units: int) -> tuple[spec.Layer, ...]:
    return tuple(layer for n in units for layer in (spec.Dense(n), spec.ReLU()))


_NO_WORK = _task("no work", (), (1,), batch=8, rows=8192)
WORKLOADS = (
    _task("20-64-64-10, batch 32", _dense(64, 64), (20,), batch=32, rows=16_384),
    _task("784-128-10, batch 128", _dense(128), (784,), batch=128, rows=16_384),
    _task(
        "784-1024-1024-10, batch 1024",
        _dense(1024, 1024),
        (784,),
        batch=1024,
        rows=8192,
    ),
    _task(
        "28x28x1, conv 16-32, batch 256",
        (
            *(spec.Conv2D(16, 3), spec.ReLU(), spec.MaxPool2D(2)),
            *(spec.Conv2D(32, 3), spec.ReLU(), spec.MaxPool2D(2)),
        ),
        (28, 28, 1),
        batch=256,
        rows=4096,
    ),
)


def start(task: Task) -> Fit:
    """Return a compiled fit of one epoch without measurements after the epoch."""
    data = material_of(task)
    training = task.training.model_copy(update={"num_epochs": 1})
    fit = data.fit(training, seed=0, measure_epochs=False)
    fit.compile()
    return fit


def work_of(task: Task, fit: Fit) -> Work:
    """Return the work in an epoch."""
    network = fit.program.network
    products, outputs = network.work
    convolved = _convolved({name: network.model.layer(name) for name in network.names})
    return Work(
        task.num_examples,
        fit.num_iterations,
        math.prod(network.input_shape),
        products - convolved,
        convolved,
        outputs,
        network.num_parameters,
    )


def _convolved(layers: Mapping[str, nn.Layer]) -> int:
    """Return the number of multiplications in convolutions with more than one position.

    Convolutions with a single position are computed as matrix products.
    """
    total = 0
    for layer in layers.values():
        total += _convolved(layer.inner_layers())
        slides = isinstance(layer, nn.Convolution | nn.TransposedConvolution)
        if slides and math.prod(layer.kernel[...].shape[:-2]) > 1:
            total += layer.describe().multiply_adds
    return total


def _fastest(run: Callable[[], object], seconds: float) -> float:
    """Return the duration of the fastest of several runs."""
    jax.block_until_ready(run())
    taken: list[float] = []
    while not taken or sum(taken) < seconds:
        started = time.perf_counter()
        jax.block_until_ready(run())
        taken.append(time.perf_counter() - started)
    return min(taken)


def _epoch_seconds(fit: Fit, seconds: float) -> float:
    """Return the duration of an epoch, computed from the fastest of several calls.

    All calls start from the same state. They are short, like the measurements of the
    rates, so other programs slow down only some of them.
    """
    begun, whole = fit.state, fit.num_iterations

    def call(iterations: int) -> object:
        fit.state, fit.iteration = begun, 0
        fit.advance(iterations=iterations)
        return fit.state

    epoch = _fastest(lambda: call(whole), 0)
    count = min(math.ceil(whole * _CALL_SECONDS / epoch), whole)
    return _fastest(lambda: call(count), seconds) * whole / count


def _operations_per_second(seconds: float) -> float:
    matrix = jnp.ones((_SIZE, _SIZE), jnp.float32)
    product = jax.jit(lambda a: a @ a)
    return 2 * _SIZE**3 / _fastest(lambda: product(matrix), seconds)


def _convolved_per_second(seconds: float) -> float:
    """Return the rate of a 3 x 3 convolution and its two gradients."""
    channels = _IMAGES[-1]
    images = jnp.ones(_IMAGES, jnp.float32)
    kernel = jnp.full((3, 3, channels, channels), 0.01, jnp.float32)

    def half_square(images: jax.Array, kernel: jax.Array) -> jax.Array:
        outputs = ops.convolve(images, kernel, padding=((1, 1), (1, 1)))
        return (outputs**2).sum() / 2

    def step(_: int, both: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        gradients = jax.grad(half_square, (0, 1))(*both)
        images, kernel = (a - 1e-9 * g for a, g in zip(both, gradients, strict=True))
        return images, kernel

    @jax.jit
    def run(images: jax.Array, kernel: jax.Array) -> Any:
        return jax.lax.fori_loop(0, _CONVOLUTIONS, step, (images, kernel))

    products = math.prod(_IMAGES) * 9 * channels
    # There is one convolution in the forward pass and two in the backward pass.
    operations = 2 * 3 * products * _CONVOLUTIONS
    return operations / _fastest(lambda: run(images, kernel), seconds)


def _bytes_per_second(seconds: float) -> float:
    numbers = jnp.ones(_COPIED, jnp.float32)

    @jax.jit
    def add(numbers: jax.Array) -> jax.Array:  # each number is read and written
        return jax.lax.fori_loop(0, _REPEATS, lambda _, a: a + 1, numbers)

    return 2 * 4 * _COPIED * _REPEATS / _fastest(lambda: add(numbers), seconds)


def _reduce_bytes_per_second(seconds: float) -> float:
    count = jax.device_count()
    if count == 1:
        return math.inf
    mesh = Mesh(np.array(jax.devices()), ("batch",))
    split, whole = PartitionSpec("batch"), PartitionSpec()

    def total(rows: jax.Array) -> jax.Array:
        def again(_: int, mean: jax.Array) -> jax.Array:
            return jax.lax.psum(mean, "batch") / count

        return jax.lax.fori_loop(0, _REPEATS, again, rows)

    typed: Any = jax
    run = jax.jit(
        typed.shard_map(
            total, mesh=mesh, in_specs=split, out_specs=whole, check_vma=False
        )
    )
    rows = jnp.ones((count, _REDUCED), jnp.float32)
    return 4 * _REDUCED * _REPEATS / _fastest(lambda: run(rows), seconds)


def main() -> None:
    """Print the rates and the epoch duration of each workload as JSON."""
    count, seconds = int(sys.argv[1]), float(sys.argv[2])
    assert jax.device_count() == count
    idle = start(_NO_WORK)
    found: dict[str, Any] = {
        "operations_per_second": _operations_per_second(seconds),
        "convolved_per_second": _convolved_per_second(seconds),
        "bytes_per_second": _bytes_per_second(seconds),
        "reduce_bytes_per_second": _reduce_bytes_per_second(seconds),
        "iteration_seconds": _epoch_seconds(idle, seconds) / idle.num_iterations,
    }
    epochs: dict[str, Any] = {}
    for task in WORKLOADS:
        fit = start(task)
        epochs[task.name] = _epoch_seconds(fit, seconds)
        found.setdefault("work", {})[task.name] = work_of(task, fit)
    print(json.dumps({**found, "epochs": epochs}))


if __name__ == "__main__":
    main()
