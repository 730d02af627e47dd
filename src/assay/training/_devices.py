"""Training on several devices.

Each device processes its share of the rows in every batch. The data and the training
state are copied to all devices. A program specifies only the layout of its arrays, and
XLA adds the necessary communication, for example to sum the gradients.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from assay._errors import InputError, fault
from assay.training._jax import Options, jit, to_device, tree_map

__all__ = [
    "Mesh",
    "copy_to_all",
    "devices_here",
    "jit_on",
    "mesh_of",
    "num_devices",
    "num_threads",
    "on_all",
    "split_rows",
]

_BATCH = "batch"  # mesh axis along which the rows of a batch are split

_jax: Any = jax  # some of JAX's functions are untyped

Tree = TypeVar("Tree")
Function = TypeVar("Function", bound=Callable[..., object])


def num_devices(devices: int | str) -> int:
    """Return the number of devices for a fit, where "all" means all available devices.

    With several hosts, the number includes the devices of all hosts. If the number is
    1, each host runs the same computation on its own device.

    Raises:
        InputError: too few devices are available, or the hosts would use different
            numbers of devices.
    """
    most, hosts = int(_jax.device_count()), int(_jax.process_count())
    if devices == "all":
        return most
    count = int(devices)
    if count > most:
        fix = f'Use devices = {most} or devices = "all".'
        raise InputError(fault(f"devices <= {most}", "devices", count, fix))
    if count > 1 and count % hosts:
        rule = f"devices % {hosts} == 0"
        fix = f"Use devices = {hosts}, because all {hosts} hosts use the same number."
        raise InputError(fault(rule, "devices", count, fix))
    return count


def devices_here(devices: int | str) -> int | str:
    """Return `devices`, or "all" if this machine has fewer devices."""
    fits = devices == "all" or int(devices) <= _jax.device_count()
    return devices if fits else "all"


def num_threads(devices: int | str) -> int:
    """Return the number of fits that may run at the same time.

    This is the number of CPU cores, or 1 if a fit uses several devices or hosts. In the
    latter case, all devices must run programs in the same order to avoid a deadlock.
    """
    alone = num_devices(devices) == 1 and _jax.process_count() == 1
    return (os.cpu_count() or 1) if alone else 1


def mesh_of(devices: int | str) -> Mesh | None:
    """Return the mesh for a number of devices (or "all"); None for a single device."""
    count = num_devices(devices)
    return None if count == 1 else _mesh(count)


@cache
def _mesh(count: int) -> Mesh:
    each = count // _jax.process_count()
    chosen: list[Any] = []
    for host in range(_jax.process_count()):
        chosen += _jax.local_devices(process_index=host)[:each]
    return Mesh(np.array(chosen), (_BATCH,))


def _copied(mesh: Mesh) -> NamedSharding:
    return NamedSharding(mesh, PartitionSpec())


def split_rows(tree: Tree, mesh: Mesh | None) -> Tree:
    """Within a compiled program, split the rows of arrays (n, ...) across the devices.

    The number of rows need not be a multiple of the number of devices.
    """
    if mesh is None:
        return tree
    sharding = NamedSharding(mesh, PartitionSpec(_BATCH))
    return _jax.lax.with_sharding_constraint(tree, sharding)


def on_all(tree: Tree, mesh: Mesh | None) -> Tree:
    """Within a compiled program, copy complete arrays to all devices."""
    if mesh is None:
        return tree
    return _jax.lax.with_sharding_constraint(tree, _copied(mesh))


def copy_to_all(tree: Tree, mesh: Mesh | None) -> Tree:
    """Copy a tree to all devices of a mesh, or to the only device.

    With several hosts, each host copies its own arrays, which must be equal.
    """
    if mesh is None:
        return to_device(tree)
    sharding = _copied(mesh)
    if not mesh.is_multi_process:
        return _jax.device_put(tree, sharding)

    def place(array: Any) -> Any:
        if isinstance(array, jax.Array) and array.sharding == sharding:
            return array
        whole = np.asarray(array)

        def part(index: Any) -> np.ndarray:
            return whole[index]

        return _jax.make_array_from_callback(whole.shape, sharding, part)

    return tree_map(place, tree)


def jit_on(mesh: Mesh | None, function: Function, options: Options = None) -> Function:
    """Return a compiled function whose inputs and outputs are on all devices."""
    if mesh is None:
        return jit(function, options)
    sharding = _copied(mesh)
    return _jax.jit(
        function,
        in_shardings=sharding,
        out_shardings=sharding,
        compiler_options=options,
    )
